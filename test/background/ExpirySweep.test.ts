import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer, TestClock } from "effect"
import { ExpirySweep } from "../../src/background/ExpirySweep.js"
import { StorageUnavailable } from "../../src/domain/StorageUnavailable.js"
import { SessionFeed } from "../../src/sessions/SessionFeed.js"
import { SessionRepository } from "../../src/sessions/SessionRepository.js"
import { tablesMemory } from "../../src/storage/memory/TablesMemory.js"
import { admit, aHostedSession } from "../suites/fixtures.js"
import { capturedLogs } from "../suites/logs.js"
import { testPorts } from "../suites/storage.js"

const base = Layer.merge(Layer.provide(testPorts, tablesMemory), SessionFeed.layerMemory)
/** Hosted sessions of the fixtures expire at 1_000_000 + 1 h. */
const due = 1_000_000 + 65 * 60_000

const verdicts = (refs: ReadonlyArray<string>) =>
  Effect.flatMap(SessionRepository, (repository) =>
    Effect.forEach(refs, (ref) =>
      Effect.map(repository.find(ref), (session) => session?.verdict.reason ?? null)
    )
  )

/** The repository with something around each sweep. */
const sweeping = (around: SessionRepository["Type"]["expire"]) =>
  Effect.map(SessionRepository, (repository) =>
    Layer.provide(ExpirySweep, Layer.succeed(SessionRepository, { ...repository, expire: around }))
  )

describe("the expiry sweep", () => {
  it.scoped("lets sessions expire when their time has come, and wakes who waits for them", () =>
    Effect.gen(function* () {
      const feed = yield* SessionFeed
      const { sessionRef } = yield* aHostedSession
      const decided = yield* aHostedSession
      yield* admit({ token: decided.token })
      const { news } = yield* feed.subscribe(sessionRef)
      yield* TestClock.setTime(due - 2000)
      yield* Layer.build(ExpirySweep)
      const waiting = yield* Effect.fork(news)
      yield* TestClock.adjust("1999 millis")
      assert.deepStrictEqual(yield* verdicts([sessionRef]), ["awaiting_result"])
      assert.strictEqual((yield* Fiber.poll(waiting))._tag, "None")
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* verdicts([sessionRef, decided.sessionRef]), ["expired", null])
      yield* Fiber.join(waiting)
    }).pipe(Effect.provide(base))
  )

  it.scoped("takes hundreds at once, in batches", () =>
    Effect.gen(function* () {
      const repository = yield* SessionRepository
      const sessions = yield* Effect.replicateEffect(aHostedSession, 250)
      const refs = sessions.map(({ sessionRef }) => sessionRef)
      const batches: Array<number> = []
      const sweep = yield* sweeping((now, limit) =>
        Effect.tap(repository.expire(now, limit), ({ due }) => {
          assert.strictEqual(limit, 100)
          batches.push(due)
        })
      )
      yield* TestClock.setTime(due)
      yield* Layer.build(sweep)
      yield* TestClock.adjust(0)
      assert.deepStrictEqual(batches, [100, 100, 50])
      assert.deepStrictEqual([...new Set(yield* verdicts(refs))], ["expired"])
    }).pipe(Effect.provide(base))
  )

  it.scoped.each([
    ["failures", Effect.fail(new StorageUnavailable({ operation: "expire", cause: null }))],
    ["defects", Effect.die("a row that cannot be read")]
  ] as const)("goes on after %s of storage, told once and once more when it does", ([, broken]) => {
    const logs = capturedLogs()
    return Effect.gen(function* () {
      const repository = yield* SessionRepository
      const { sessionRef } = yield* aHostedSession
      let isBroken = true
      const sweep = yield* sweeping((now, limit) =>
        Effect.suspend(() => (isBroken ? broken : repository.expire(now, limit)))
      )
      yield* TestClock.setTime(due)
      yield* Layer.build(sweep)
      yield* TestClock.adjust("5 seconds")
      assert.deepStrictEqual(yield* verdicts([sessionRef]), ["awaiting_result"])
      assert.lengthOf(logs.of("WARN The expiry sweep has to wait"), 1)
      isBroken = false
      yield* TestClock.adjust("5 seconds")
      assert.deepStrictEqual(yield* verdicts([sessionRef]), ["expired"])
      assert.lengthOf(logs.of("INFO The expiry sweep goes on"), 1)
      assert.lengthOf(logs.lines, 2)
    }).pipe(Effect.provide([base, logs.layer]))
  })
})
