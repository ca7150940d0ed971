import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber } from "effect"
import { makeOperatorTurns } from "../../src/http/OperatorTurns.js"

describe("operators' questions", () => {
  it.live("are asked one at a time, in the order they came", () =>
    Effect.gen(function* () {
      const inTurn = yield* makeOperatorTurns
      const told: Array<string> = []
      const question = (name: number) =>
        Effect.gen(function* () {
          told.push(`${name} begins`)
          yield* Effect.yieldNow()
          told.push(`${name} ends`)
        })
      yield* Effect.forEach([1, 2, 3], (name) => inTurn(question(name)), { concurrency: "unbounded" })
      assert.deepStrictEqual(
        told,
        [1, 2, 3].flatMap((name) => [`${name} begins`, `${name} ends`])
      )
    })
  )

  it.live("let what waits through between them", () =>
    Effect.gen(function* () {
      const inTurn = yield* makeOperatorTurns
      const told: Array<string> = []
      const question = (name: string) => inTurn(Effect.sync(() => told.push(name)))
      yield* Effect.all(
        [
          question("first"),
          Effect.async<void>((resume) => {
            setImmediate(() => {
              told.push("a phone")
              resume(Effect.void)
            })
          }),
          question("second"),
          question("third")
        ],
        { concurrency: "unbounded" }
      )
      assert.deepStrictEqual(told, ["first", "second", "a phone", "third"])
    })
  )

  it.live("are refused when 32 wait, and taken again when they have been answered", () =>
    Effect.gen(function* () {
      const inTurn = yield* makeOperatorTurns
      const answered = yield* Deferred.make<void>()
      const waiting = yield* Effect.fork(
        Effect.forEach(Array.from({ length: 32 }), () => inTurn(Deferred.await(answered)), {
          concurrency: "unbounded"
        })
      )
      yield* Effect.sleep("10 millis")
      const refused = yield* Effect.flip(inTurn(Effect.void))
      assert.strictEqual(refused.code, "overloaded")
      yield* Deferred.succeed(answered, undefined)
      yield* Fiber.join(waiting)
      assert.isTrue(Exit.isSuccess(yield* Effect.exit(inTurn(Effect.void))))
    })
  )
})
