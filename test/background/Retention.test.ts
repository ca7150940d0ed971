import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, TestClock } from "effect"
import { type Cutoffs, RetentionStore, retentionLayer } from "../../src/background/Retention.js"
import { StorageUnavailable } from "../../src/domain/StorageUnavailable.js"
import { tablesMemory } from "../../src/storage/memory/TablesMemory.js"
import { Inbox } from "../../src/webhooks/Inbox.js"
import { admit } from "../suites/fixtures.js"
import { capturedLogs } from "../suites/logs.js"
import { testPorts } from "../suites/storage.js"

const day = 24 * 60 * 60 * 1000
const now = 100 * day
const base = Layer.provide(testPorts, tablesMemory)

/** A store that has so many old rows, and what it was asked. */
const aStore = (rows: number) => {
  const asked: Array<Cutoffs & { readonly limit: number }> = []
  let left = rows
  const purge: RetentionStore["Type"]["purge"] = (cutoffs, limit) =>
    Effect.sync(() => {
      asked.push({ ...cutoffs, limit })
      const erased = Math.min(left, limit)
      left -= erased
      return erased
    })
  return { asked, purge, layer: Layer.succeed(RetentionStore, { purge }), refill: () => (left = rows) }
}

describe("retention", () => {
  it.scoped("erases in batches until nothing is left, then every hour", () => {
    const logs = capturedLogs()
    return Effect.gen(function* () {
      const store = aStore(1200)
      yield* TestClock.setTime(now)
      yield* Layer.build(Layer.provide(retentionLayer(30), store.layer))
      yield* TestClock.adjust("1 second")
      assert.lengthOf(store.asked, 4)
      assert.deepStrictEqual(store.asked[0], { bodies: now - 30 * day, daily: now - day, limit: 500 })
      assert.deepStrictEqual(logs.lines.length, 1)
      assert.include(logs.lines[0], "INFO Old data erased rows=1200")
      store.refill()
      yield* TestClock.adjust("59 minutes")
      assert.lengthOf(store.asked, 4)
      yield* TestClock.adjust("1 minute")
      assert.lengthOf(store.asked, 8)
    }).pipe(Effect.provide(logs.layer))
  })

  it.scoped("lets everything else through between two batches", () =>
    Effect.gen(function* () {
      const store = aStore(1200)
      yield* TestClock.setTime(now)
      yield* Layer.build(Layer.provide(retentionLayer(30), store.layer))
      yield* TestClock.adjust("19 millis")
      assert.lengthOf(store.asked, 1)
      yield* TestClock.adjust("1 millis")
      assert.lengthOf(store.asked, 2)
    })
  )

  it.scoped.each([
    ["failures", Effect.fail(new StorageUnavailable({ operation: "purge", cause: null }))],
    ["defects", Effect.die("a row that cannot be read")]
  ] as const)("tries again after %s of storage", ([, broken]) => {
    const logs = capturedLogs()
    return Effect.gen(function* () {
      const store = aStore(10)
      let isBroken = true
      const purge: typeof store.purge = (cutoffs, limit) =>
        Effect.suspend(() => (isBroken ? broken : store.purge(cutoffs, limit)))
      yield* TestClock.setTime(now)
      yield* Layer.build(Layer.provide(retentionLayer(30), Layer.succeed(RetentionStore, { purge })))
      yield* TestClock.adjust("1 minute")
      assert.lengthOf(logs.of("WARN Old data could not be erased"), 1)
      isBroken = false
      yield* TestClock.adjust("1 hour")
      assert.lengthOf(logs.of("rows=10"), 1)
    }).pipe(Effect.provide(logs.layer))
  })

  it.scoped("takes old bodies away, and nothing that is younger", () =>
    Effect.gen(function* () {
      const inbox = yield* Inbox
      const old = yield* admit({}, { receivedAt: now - 30 * day - 1 })
      const young = yield* admit({}, { receivedAt: now - 30 * day })
      yield* TestClock.setTime(now)
      yield* Layer.build(retentionLayer(30))
      yield* TestClock.adjust("1 second")
      assert.isNull((yield* inbox.find(old.event.id)).body)
      assert.isNotNull((yield* inbox.find(young.event.id)).body)
    }).pipe(Effect.provide(base))
  )
})
