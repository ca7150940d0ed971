import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, Layer, Random, Scope, TestClock } from "effect"
import { Outbox } from "../../src/actions/Outbox.js"
import { SessionFeed } from "../../src/sessions/SessionFeed.js"
import { anAudit } from "../suites/fixtures.js"
import { capturedLogs } from "../suites/logs.js"
import { aDecided, aTarget, at, base, failure, recordsOf, taken, worker, workFor } from "./delivering.js"

const [second, minute, hour] = [1000, 60_000, 3_600_000]
const schedule = [5 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 10 * hour]

describe("action delivery", () => {
  it.scoped("tries again by the schedule, lengthened as chance says, and then gives up", () => {
    const logs = capturedLogs()
    return Effect.gen(function* () {
      const target = aTarget(() => Effect.fail(failure()))
      const { sessionRef } = yield* aDecided()
      let due = at
      yield* TestClock.setTime(due)
      for (const [index, pause] of schedule.entries()) {
        yield* workFor(target.layer)
        assert.lengthOf(target.calls, index + 1)
        due += pause * 1.05
        const [action] = (yield* recordsOf(sessionRef)).actions
        assert.deepInclude(action, { state: "pending", nextAttemptAt: due, finishedAt: null })
        yield* TestClock.setTime(due - 1)
        yield* workFor(target.layer)
        assert.lengthOf(target.calls, index + 1)
        yield* TestClock.setTime(due)
      }
      assert.lengthOf(logs.lines, 0)
      yield* workFor(target.layer)
      const { actions, attempts } = yield* recordsOf(sessionRef)
      assert.deepInclude(actions[0], { state: "dead", finishedAt: due })
      assert.deepStrictEqual(
        attempts.map(({ attempt, result }) => [attempt, result]),
        [1, 2, 3, 4, 5, 6, 7, 8].map((attempt) => [attempt, "failed"])
      )
      assert.lengthOf(logs.of("ERROR Action given up"), 1)
      yield* TestClock.adjust("30 days")
      yield* workFor(target.layer)
      assert.lengthOf(target.calls, 8)
      assert.lengthOf(new Set(target.calls.map(({ action }) => `${action.id} ${action.payload}`)), 1)
    }).pipe(Effect.withRandom(Random.fixed([0.5])), Effect.provide([base, logs.layer]))
  })

  it.scoped("waits as long as the receiver asks for", () =>
    Effect.gen(function* () {
      const target = aTarget((_, call) =>
        call === 1 ? Effect.fail(failure({ status: 429, retryAfterMillis: hour })) : Effect.succeed(taken)
      )
      const { sessionRef } = yield* aDecided()
      yield* TestClock.setTime(at)
      yield* workFor(target.layer)
      assert.strictEqual((yield* recordsOf(sessionRef)).actions[0]?.nextAttemptAt, at + hour)
      yield* TestClock.setTime(at + hour)
      yield* workFor(target.layer)
      const { actions, attempts } = yield* recordsOf(sessionRef)
      assert.deepInclude(actions[0], { state: "delivered", finishedAt: at + hour })
      assert.deepStrictEqual(
        attempts.map(({ at: when, result, status }) => [when - at, result, status]),
        [
          [0, "failed", 429],
          [hour, "delivered", 200]
        ]
      )
    }).pipe(Effect.provide(base))
  )

  it.scoped("gives up at once what the receiver never wants again, and goes on with the next", () =>
    Effect.gen(function* () {
      const target = aTarget((action) =>
        action.sequence === 1 ? Effect.fail(failure({ gone: true, status: 410 })) : Effect.succeed(taken)
      )
      const { sessionRef } = yield* aDecided("PENDING", "PASS")
      yield* TestClock.setTime(at)
      yield* workFor(target.layer)
      const { actions, attempts } = yield* recordsOf(sessionRef)
      assert.deepStrictEqual(
        actions.map(({ state }) => state),
        ["dead", "delivered"]
      )
      assert.deepInclude(attempts[0], { result: "gone", status: 410 })
    }).pipe(Effect.provide(base))
  )

  it.scoped("keeps the order of a session, and holds no other session up", () =>
    Effect.gen(function* () {
      const slow = yield* aDecided("PENDING", "PASS", "FAIL")
      const target = aTarget(({ sessionRef }, call) =>
        sessionRef === slow.sessionRef && call <= 3 ? Effect.fail(failure()) : Effect.succeed(taken)
      )
      const other = yield* aDecided("PENDING", "PASS")
      yield* TestClock.setTime(at)
      yield* Layer.build(worker(target.layer))
      yield* TestClock.adjust(4 * second)
      assert.deepStrictEqual(
        target.refs().filter((ref) => ref === slow.sessionRef),
        [slow.sessionRef]
      )
      assert.lengthOf(
        target.refs().filter((ref) => ref === other.sessionRef),
        2
      )
      yield* TestClock.adjust(4 * second)
      assert.deepStrictEqual(
        target.calls.flatMap(({ action }) =>
          action.sessionRef === slow.sessionRef ? [action.sequence] : []
        ),
        [1, 1, 2, 3]
      )
      const { actions } = yield* recordsOf(slow.sessionRef)
      assert.deepStrictEqual(
        actions.map(({ state }) => state),
        ["delivered", "delivered", "delivered"]
      )
    }).pipe(Effect.provide(base))
  )

  it.scoped("sends at once when a verdict is told, sixteen at a time", () =>
    Effect.gen(function* () {
      const feed = yield* SessionFeed
      const gate = yield* Deferred.make<void>()
      let [active, most] = [0, 0]
      const target = aTarget(() =>
        Effect.gen(function* () {
          most = Math.max(most, ++active)
          yield* Deferred.await(gate)
          active -= 1
          return taken
        })
      )
      yield* TestClock.setTime(at)
      yield* Layer.build(worker(target.layer))
      yield* TestClock.adjust(500)
      const sessions = yield* Effect.replicateEffect(aDecided(), 40)
      yield* feed.publish(sessions[0]?.sessionRef ?? "")
      yield* TestClock.adjust(0)
      assert.lengthOf(target.calls, 16)
      yield* TestClock.adjust(3 * second)
      assert.lengthOf(target.calls, 16)
      yield* Deferred.succeed(gate, undefined)
      yield* TestClock.adjust(0)
      assert.sameMembers(
        target.refs(),
        sessions.map(({ sessionRef }) => sessionRef)
      )
      assert.strictEqual(most, 16)
    }).pipe(Effect.provide(base))
  )

  it.scoped("waits fifteen seconds for an answer, and sends nothing twice meanwhile", () =>
    Effect.gen(function* () {
      const silent = yield* aDecided()
      const slow = yield* aDecided()
      const target = aTarget(({ sessionRef }) =>
        sessionRef === silent.sessionRef ? Effect.never : Effect.delay(Effect.succeed(taken), "14 seconds")
      )
      yield* TestClock.setTime(at)
      yield* Layer.build(worker(target.layer))
      yield* Layer.build(worker(target.layer))
      yield* TestClock.adjust(15 * second - 1)
      assert.sameMembers(target.refs(), [silent.sessionRef, slow.sessionRef])
      assert.lengthOf((yield* recordsOf(silent.sessionRef)).attempts, 0)
      assert.strictEqual((yield* recordsOf(slow.sessionRef)).actions[0]?.state, "delivered")
      yield* TestClock.adjust(1)
      const { actions, attempts } = yield* recordsOf(silent.sessionRef)
      assert.strictEqual(actions[0]?.state, "pending")
      assert.deepInclude(attempts[0], {
        result: "failed",
        status: null,
        answer: "no answer within 15 seconds"
      })
      assert.lengthOf(attempts, 1)
    }).pipe(Effect.provide(base))
  )

  it.scoped(
    "takes over within 30 seconds what a worker left that died, and not before its lease is over",
    () =>
      Effect.gen(function* () {
        const { sessionRef } = yield* aDecided()
        const target = aTarget((_, call) => (call === 1 ? Effect.never : Effect.succeed(taken)))
        yield* TestClock.setTime(at)
        const scope = yield* Scope.make()
        yield* Layer.buildWithScope(worker(target.layer), scope)
        yield* TestClock.adjust(0)
        assert.lengthOf(target.calls, 1)
        const dying = yield* Effect.fork(Scope.close(scope, Exit.void))
        yield* TestClock.adjust(8 * second)
        yield* Fiber.join(dying)
        yield* Layer.build(worker(target.layer))
        yield* TestClock.adjust(12 * second - 1)
        assert.lengthOf(target.calls, 1)
        yield* TestClock.adjust(10 * second)
        const { actions, attempts } = yield* recordsOf(sessionRef)
        assert.deepInclude(actions[0], { state: "delivered", attempts: 2 })
        assert.deepStrictEqual(
          attempts.map(({ attempt, result }) => [attempt, result]),
          [[2, "delivered"]]
        )
        assert.lengthOf(target.calls, 2)
      }).pipe(Effect.provide(base))
  )

  it.scoped("begins anew with an action that is redriven", () =>
    Effect.gen(function* () {
      const outbox = yield* Outbox
      const { sessionRef } = yield* aDecided()
      const target = aTarget((_, call) =>
        call === 1
          ? Effect.fail(failure({ gone: true }))
          : call === 2
            ? Effect.fail(failure())
            : Effect.succeed(taken)
      )
      yield* TestClock.setTime(at)
      yield* Layer.build(worker(target.layer))
      yield* TestClock.adjust(minute)
      assert.lengthOf(target.calls, 1)
      const [dead] = (yield* recordsOf(sessionRef)).actions
      yield* outbox.redrive(dead?.id ?? "", { ...anAudit("redrive"), at: at + minute })
      yield* TestClock.adjust(second)
      assert.lengthOf(target.calls, 2)
      yield* TestClock.adjust(7 * second)
      const { actions, attempts } = yield* recordsOf(sessionRef)
      assert.strictEqual(actions[0]?.state, "delivered")
      assert.deepStrictEqual(
        attempts.map(({ attempt, result }) => [attempt, result]),
        [
          [1, "gone"],
          [2, "failed"],
          [3, "delivered"]
        ]
      )
    }).pipe(Effect.provide(base))
  )
})
