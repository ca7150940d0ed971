import { Reactivity } from "@effect/experimental"
import { SqlClient, SqlError } from "@effect/sql"
import { PgClient } from "@effect/sql-pg"
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Exit, Fiber, Stream, TestClock } from "effect"
import { transactionSql } from "../../src/storage/sql/TransactionSql.js"

const noRows = () => Effect.succeed([])

/** PostgreSQL, as far as a transaction sees it. */
const aTransaction = Effect.map(
  SqlClient.make({
    acquirer: Effect.succeed({
      execute: noRows,
      executeRaw: noRows,
      executeStream: () => Stream.empty,
      executeValues: noRows,
      executeUnprepared: noRows
    }),
    compiler: PgClient.makeCompiler(),
    spanAttributes: []
  }),
  transactionSql
).pipe(Effect.provide(Reactivity.layer))

/** A body that collides for so long, and how often it was begun. */
const colliding = (code: string, millis: number) => {
  let begun = 0
  const body = Effect.flatMap(Clock.currentTimeMillis, (now) => {
    begun += 1
    return now < millis ? new SqlError.SqlError({ cause: { code } }) : Effect.succeed("through")
  })
  return { body, begun: () => begun }
}

const inTime = <A, E>(effect: Effect.Effect<A, E>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.fork(Effect.exit(effect))
    yield* TestClock.adjust("1 minute")
    return yield* Fiber.join(fiber)
  })

describe("A transaction on PostgreSQL", () => {
  for (const [code, name] of [
    ["40P01", "deadlock"],
    ["40001", "serialization failure"]
  ] as const) {
    it.effect(`that is given up for a ${name} is done again until the other is through`, () =>
      Effect.gen(function* () {
        const transaction = yield* aTransaction
        const { begun, body } = colliding(code, 600)
        assert.deepStrictEqual(yield* inTime(transaction("test", body)), Exit.succeed("through"))
        assert.isAtLeast(begun(), 5)
      })
    )
  }

  it.effect("that is given up each time ends, as storage that cannot be reached", () =>
    Effect.gen(function* () {
      const transaction = yield* aTransaction
      const { begun, body } = colliding("40P01", 50_000)
      const exit = yield* inTime(Effect.flip(transaction("test", body)))
      assert.isTrue(Exit.isSuccess(exit) && exit.value._tag === "StorageUnavailable")
      assert.strictEqual(begun(), 8)
    })
  )

  it.effect("that fails for another reason is not done again", () =>
    Effect.gen(function* () {
      const transaction = yield* aTransaction
      const { begun, body } = colliding("23505", 600)
      assert.isTrue(Exit.isFailure(yield* inTime(transaction("test", body))))
      assert.strictEqual(begun(), 1)
    })
  )
})
