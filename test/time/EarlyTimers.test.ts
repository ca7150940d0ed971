import { assert, describe, it } from "@effect/vitest"
import { Clock, Deferred, Effect } from "effect"
import { makeAlarms } from "../../src/time/Alarms.js"

describe("an alarm", () => {
  it.scopedLive("never rings before its time, though timers may end too early", () =>
    Effect.gen(function* () {
      let now = 1000
      const real = yield* Effect.clock
      const early: Clock.Clock = {
        ...real,
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
      const alarms = yield* makeAlarms
      const rung = yield* Deferred.make<number>()
      const ring = () => Deferred.unsafeDone(rung, Effect.succeed(now))
      yield* Effect.withClock(alarms.set(1010, ring), early)
      const rang = yield* Deferred.await(rung)
      assert.isAtLeast(rang, 1010)
    })
  )
})
