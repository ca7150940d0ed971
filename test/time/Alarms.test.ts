import { assert, describe, it } from "@effect/vitest"
import { Clock, Deferred, Effect, Exit, Scope, TestClock } from "effect"
import { makeAlarms } from "../../src/time/Alarms.js"

const makeBell = () => {
  const heard: Array<number> = []
  return { heard, ring: (which: number) => () => void heard.push(which) }
}

describe("an alarm", () => {
  it.scoped("rings at its time, once, and not before", () =>
    Effect.gen(function* () {
      const alarms = yield* makeAlarms
      const { heard, ring } = makeBell()
      const now = yield* Clock.currentTimeMillis
      alarms.set(now + 2000, ring(2))
      alarms.set(now + 1000, ring(1))
      yield* TestClock.adjust("999 millis")
      assert.deepStrictEqual(heard, [])
      yield* TestClock.adjust("1 millis")
      assert.deepStrictEqual(heard, [1])
      yield* TestClock.adjust("1 hour")
      assert.deepStrictEqual(heard, [1, 2])
    })
  )

  it.scoped("rings a hundredth of a second late at most, together with others", () =>
    Effect.gen(function* () {
      const alarms = yield* makeAlarms
      const { heard, ring } = makeBell()
      const now = yield* Clock.currentTimeMillis
      for (const [which, after] of [1001, 1005, 1010].entries()) alarms.set(now + after, ring(which))
      yield* TestClock.adjust("1009 millis")
      assert.deepStrictEqual(heard, [])
      yield* TestClock.adjust("1 millis")
      assert.deepStrictEqual(heard, [0, 1, 2])
    })
  )

  it.scoped("does not ring when it was turned off, and still does for who set it for the same time", () =>
    Effect.gen(function* () {
      const alarms = yield* makeAlarms
      const { heard, ring } = makeBell()
      const now = yield* Clock.currentTimeMillis
      const turnOff = alarms.set(now + 1000, ring(1))
      alarms.set(now + 1000, ring(2))
      turnOff()
      yield* TestClock.adjust("1 hour")
      assert.deepStrictEqual(heard, [2])
    })
  )

  it.effect("rings no more when all has ended", () =>
    Effect.gen(function* () {
      const { heard, ring } = makeBell()
      yield* Effect.scoped(
        Effect.gen(function* () {
          const now = yield* Clock.currentTimeMillis
          const alarms = yield* makeAlarms
          alarms.set(now + 1000, ring(1))
        })
      )
      yield* TestClock.adjust("1 hour")
      assert.deepStrictEqual(heard, [])
    })
  )

  it.scoped("rings for the others though one fails, and at once when its time has passed", () =>
    Effect.gen(function* () {
      const alarms = yield* makeAlarms
      const { heard, ring } = makeBell()
      const now = yield* Clock.currentTimeMillis
      alarms.set(now + 1000, () => {
        throw new Error("broken")
      })
      alarms.set(now + 1000, ring(1))
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(heard, [1])
      alarms.set(now, ring(2))
      assert.deepStrictEqual(heard, [1, 2])
    })
  )

  it.live("holds up nobody's end, though it was made where nothing can be interrupted", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const alarms = yield* Effect.uninterruptible(Scope.extend(makeAlarms, scope))
      alarms.set((yield* Clock.currentTimeMillis) + 3_600_000, () => undefined)
      yield* Scope.close(scope, Exit.void)
    })
  )

  it.scoped("rings though it was set in the middle of a millisecond", () =>
    Effect.gen(function* () {
      const alarms = yield* makeAlarms
      const { heard, ring } = makeBell()
      const start = yield* Clock.currentTimeMillis
      for (const [which, fraction] of [1 / 3, Math.PI, Math.E, 0.123_456_789].entries()) {
        yield* TestClock.setTime(start + which * 1000 + fraction)
        alarms.set(start + which * 1000 + 500, ring(which))
      }
      yield* TestClock.adjust("1 hour")
      assert.deepStrictEqual(heard, [0, 1, 2, 3])
    })
  )

  it.scopedLive("never rings before its time, though timers may end too early", () =>
    Effect.gen(function* () {
      let now = 1000
      const early: Clock.Clock = {
        [Clock.ClockTypeId]: Clock.ClockTypeId,
        unsafeCurrentTimeMillis: () => now,
        unsafeCurrentTimeNanos: () => BigInt(now) * 1_000_000n,
        currentTimeMillis: Effect.sync(() => now),
        currentTimeNanos: Effect.sync(() => BigInt(now) * 1_000_000n),
        sleep: () =>
          Effect.sync(() => {
            now += 6
          })
      }
      const alarms = yield* Effect.withClock(makeAlarms, early)
      const rung = yield* Deferred.make<number>()
      const ring = () => Deferred.unsafeDone(rung, Effect.succeed(now))
      alarms.set(1010, ring)
      assert.isAtLeast(yield* Deferred.await(rung), 1010)
    })
  )
})
