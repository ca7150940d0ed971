import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, TestClock } from "effect"
import { StorageUnavailable } from "../../src/domain/StorageUnavailable.js"
import { Observing } from "../../src/operators/Observing.js"
import { type Figures, Records } from "../../src/operators/Records.js"
import { problemsIn } from "../../src/operators/Trends.js"
import { PollGate } from "../../src/polling/PollGate.js"
import {
  problems,
  providerCalls,
  residentMemory,
  verdictDelay,
  verdicts,
  waitingPhones
} from "../../src/telemetry/Metrics.js"
import { prometheusText } from "../../src/telemetry/PrometheusText.js"

const figures: Figures = {
  unmatchedEvents: 3,
  expiredWithoutEvent: 1,
  pendingActions: 2,
  deadActions: 4,
  oldestPendingAction: 1000
}

const observing = (read: Effect.Effect<Figures, StorageUnavailable>) =>
  Observing.layer.pipe(Layer.provide([PollGate.layer, Layer.mock(Records, { figures: read })]), Layer.fresh)

const valueOf = (series: string) =>
  prometheusText()
    .split("\n")
    .find((line) => line.startsWith(`${series} `))
    ?.split(" ")[1]

describe("what is observed", () => {
  it.effect("brings the gauges up to date at a look", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(31_000)
      yield* (yield* Observing).look
      assert.deepStrictEqual(
        [
          "dropin_unmatched_events",
          "dropin_expired_without_event",
          'dropin_actions{state="pending"}',
          'dropin_actions{state="dead"}',
          "dropin_action_backlog_seconds",
          "dropin_breaker_open"
        ].map(valueOf),
        ["3", "1", "2", "4", "30", "0"]
      )
    }).pipe(Effect.provide(observing(Effect.succeed(figures))))
  )

  it.effect("tells of the process and the poller while the database is away", () =>
    Effect.gen(function* () {
      const gate = yield* PollGate
      residentMemory.set(0)
      for (let i = 0; i < 5; i++) yield* gate.record("verifyage", { _tag: "Failed" })
      yield* (yield* Observing).look
      assert.strictEqual(valueOf("dropin_breaker_open"), "1")
      assert.isAbove(Number(valueOf("dropin_resident_memory_bytes")), 1e6)
    }).pipe(
      Effect.provide(
        Layer.provideMerge(
          Observing.layer,
          Layer.merge(
            PollGate.layer,
            Layer.mock(Records, {
              figures: Effect.fail(new StorageUnavailable({ operation: "figures", cause: null }))
            })
          )
        ).pipe(Layer.fresh)
      )
    )
  )

  it.effect("remembers each ten seconds what came within them", () =>
    Effect.gen(function* () {
      const { trends } = yield* Observing
      yield* TestClock.adjust(0)
      verdicts.add("webhook", "pass")
      verdicts.add("poll", "pass")
      verdicts.add("expiry", "fail")
      verdictDelay.observe(2)
      verdictDelay.observe(4)
      waitingPhones.set(7)
      providerCalls.add("generate", "ok")
      providerCalls.add("status", "timeout")
      for (const code of ["overloaded", "not_found", "overloaded"]) problems.add(code)
      for (const call of ["generate", "status"]) providerCalls.add(call, "out_of_credits")
      yield* TestClock.adjust("10 seconds")
      verdicts.add("webhook", "fail")
      problems.add("overloaded")
      yield* TestClock.adjust("10 seconds")
      const [, second, third] = yield* trends
      assert.deepStrictEqual(second, {
        at: 10_000,
        passed: 2,
        failed: 1,
        rejected: 0,
        providerErrors: 3,
        problems: new Map([
          ["overloaded", 2],
          ["not_found", 1]
        ]),
        webhookDelay: 3,
        waitingPhones: 7,
        pendingActions: 2,
        deadActions: 4
      })
      assert.deepStrictEqual(problemsIn(yield* trends), [
        { code: "overloaded", count: 3, lastAt: 20_000 },
        { code: "not_found", count: 1, lastAt: 10_000 }
      ])
      assert.deepInclude(third, { at: 20_000, passed: 0, failed: 1, webhookDelay: null })
    }).pipe(Effect.provide(observing(Effect.succeed(figures))))
  )

  it.effect("remembers two hours", () =>
    Effect.gen(function* () {
      const { trends } = yield* Observing
      yield* TestClock.adjust("3 hours")
      const kept = yield* trends
      assert.lengthOf(kept, 720)
      assert.strictEqual(kept.at(-1)?.at, 3 * 3_600_000)
    }).pipe(Effect.provide(observing(Effect.succeed(figures))))
  )

  it.effect("has a gap where the database did not answer, and goes on", () =>
    Effect.gen(function* () {
      const { trends } = yield* Observing
      yield* TestClock.adjust("40 seconds")
      const times = (yield* trends).map(({ at }) => at)
      assert.deepStrictEqual(times, [0, 10_000, 30_000, 40_000])
    }).pipe(
      Effect.provide(
        observing(
          Effect.flatMap(TestClock.currentTimeMillis, (now) =>
            now === 20_000
              ? Effect.fail(new StorageUnavailable({ operation: "figures", cause: null }))
              : Effect.succeed(figures)
          )
        )
      )
    )
  )
})
