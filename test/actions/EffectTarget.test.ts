import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Layer, TestClock } from "effect"
import { ActionTarget } from "../../src/actions/ActionTarget.js"
import type { ActionMessage } from "../../src/domain/Action.js"
import { capturedLogs } from "../suites/logs.js"
import { aDecided, at, base, recordsOf, worker, workFor } from "./delivering.js"

const secret = "a-secret-that-no-log-of-attempts-may-hold"

describe("an Effect as the target of actions", () => {
  it.scoped("is handed the whole message, with the services that it needs", () =>
    Effect.gen(function* () {
      class Ledger extends Context.Tag("Ledger")<
        Ledger,
        { readonly book: (entry: ActionMessage) => void }
      >() {}
      const booked: Array<ActionMessage> = []
      const target = ActionTarget.layerEffect((message) => Effect.map(Ledger, ({ book }) => book(message)))
      const { sessionRef, userId } = yield* aDecided()
      yield* TestClock.setTime(at)
      yield* workFor(Layer.provide(target, Layer.succeed(Ledger, { book: (entry) => booked.push(entry) })))
      const { actions, attempts } = yield* recordsOf(sessionRef)
      const [action] = actions
      assert.deepStrictEqual<unknown>(booked, [{ id: action?.id, ...JSON.parse(action?.payload ?? "") }])
      assert.deepInclude(booked[0]?.data, { session_ref: sessionRef, user_id: userId, status: "pass" })
      assert.deepInclude(action, { state: "delivered" })
      assert.deepInclude(attempts[0], { result: "delivered", status: null, answer: "" })
    }).pipe(Effect.provide(base))
  )

  it.scoped.each<[string, () => Effect.Effect<void, string>, string]>([
    ["fails", () => Effect.fail(secret), "the effect failed"],
    ["dies", () => Effect.die(new Error(secret)), "the target failed unexpectedly"],
    [
      "throws",
      () => {
        throw new Error(secret)
      },
      "the target failed unexpectedly"
    ],
    ["interrupts itself", () => Effect.interrupt, "the target failed unexpectedly"],
    ["never ends", () => Effect.never, "no answer within 15 seconds"]
  ])("is tried again by the schedule when it %s", ([, play, answer]) => {
    const logs = capturedLogs()
    return Effect.gen(function* () {
      const ids: Array<string> = []
      const target = ActionTarget.layerEffect(({ id }) => (ids.push(id) === 1 ? play() : Effect.void))
      const { sessionRef } = yield* aDecided()
      yield* TestClock.setTime(at)
      yield* Layer.build(worker(target))
      yield* TestClock.adjust("25 seconds")
      const { actions, attempts } = yield* recordsOf(sessionRef)
      assert.deepStrictEqual(
        attempts.map(({ answer, attempt, result, status }) => [attempt, result, status, answer]),
        [
          [1, "failed", null, answer],
          [2, "delivered", null, ""]
        ]
      )
      assert.isAtLeast((attempts[1]?.at ?? 0) - (attempts[0]?.at ?? 0), 5000)
      assert.strictEqual(actions[0]?.state, "delivered")
      assert.deepStrictEqual(ids, [actions[0]?.id, actions[0]?.id])
      assert.lengthOf(logs.lines, answer.startsWith("no answer") ? 0 : 1)
    }).pipe(Effect.provide([base, logs.layer]))
  })
})
