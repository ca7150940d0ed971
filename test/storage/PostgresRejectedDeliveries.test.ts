import { NodeContext } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Layer, TestClock } from "effect"
import { RejectedDeliveries, rejectionsKept } from "../../src/webhooks/RejectedDeliveries.js"
import { emptyDatabase, sharedDatabase } from "../postgres/database.js"

const aProcess = (url: string) => Layer.provide(sharedDatabase(url), NodeContext.layer)

/** Two processes over one database. */
const twoProcesses = Effect.gen(function* () {
  const url = yield* emptyDatabase
  const process = Effect.map(Layer.build(Layer.fresh(aProcess(url))), Context.get(RejectedDeliveries))
  const [here, there] = [yield* process, yield* process]
  const record = (rejections: typeof here, bytes: number) =>
    rejections.record({ reason: "stale", bytes }, () => [`the ${bytes}th`])
  return { here, there, record }
})

describe("rejected deliveries, over two processes", () => {
  it.scoped("are counted and remembered by all of them, newest first", () =>
    Effect.gen(function* () {
      const { here, record, there } = yield* twoProcesses
      assert.deepStrictEqual([yield* here.count, yield* there.recent], [0, []])
      yield* record(here, 1)
      yield* record(there, 2)
      yield* record(here, 3)
      for (const process of [here, there]) {
        assert.strictEqual(yield* process.count, 3)
        assert.deepStrictEqual(
          yield* process.recent,
          [3, 2, 1].map((bytes) => ({ at: 0, reason: "stale", bytes, diagnosis: [`the ${bytes}th`] }))
        )
      }
    })
  )

  it.scoped("of a flood are counted with the next that is remembered", () =>
    Effect.gen(function* () {
      const { here, record, there } = yield* twoProcesses
      yield* Effect.forEach(Array.from({ length: 12 }), (_, index) => record(here, index))
      assert.deepStrictEqual([yield* there.count, (yield* there.recent).length], [5, 5])
      yield* TestClock.adjust("1 second")
      yield* record(here, 100)
      assert.deepStrictEqual([yield* there.count, (yield* there.recent).length], [13, 6])
    })
  )

  it.scoped("are forgotten when there are many newer ones, but stay counted", () =>
    Effect.gen(function* () {
      const { here, record, there } = yield* twoProcesses
      const total = rejectionsKept + 10
      for (let bytes = 1; bytes <= total; bytes++) {
        if (bytes % 5 === 0) yield* TestClock.adjust("1 second")
        yield* record(bytes % 2 === 0 ? here : there, bytes)
      }
      assert.strictEqual(yield* here.count, total)
      assert.deepStrictEqual(
        (yield* there.recent).map(({ bytes }) => bytes),
        Array.from({ length: rejectionsKept }, (_, index) => total - index)
      )
    })
  )
})
