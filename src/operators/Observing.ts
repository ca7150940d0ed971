import { monitorEventLoopDelay } from "node:perf_hooks"
import { Clock, Context, Effect, Layer, Metric, MetricState, Schedule, type Scope } from "effect"
import type { StorageUnavailable } from "../domain/StorageUnavailable.js"
import { PollGate } from "../polling/PollGate.js"
import { prefix } from "../telemetry/Instruments.js"
import * as Metrics from "../telemetry/Metrics.js"
import { Records } from "./Records.js"

/** How the service fared in one interval; counts are those of the interval, the rest is as it stood at its end. */
export interface Trend {
  readonly at: number
  readonly passed: number
  readonly failed: number
  readonly rejected: number
  readonly providerErrors: number
  /** Seconds from the provider's time to the commit, on average; null when no verdict changed. */
  readonly webhookDelay: number | null
  readonly waitingPhones: number
  readonly pendingActions: number
  readonly deadActions: number
}

const every = "10 seconds"
/** Two hours. */
const kept = 720

/** Sums of counters and histograms by name, over all labels but those that are asked for. */
const reading = () => {
  const metrics = Metric.unsafeSnapshot().filter(({ metricKey }) => metricKey.name.startsWith(prefix))
  const sum = (name: string, labels: Readonly<Record<string, string>>, of: (state: unknown) => number) =>
    metrics
      .filter(({ metricKey }) => metricKey.name === `${prefix}${name}`)
      .filter(({ metricKey: { tags } }) =>
        Object.entries(labels).every(([key, value]) =>
          tags.some((tag) => tag.key === key && tag.value === value)
        )
      )
      .reduce((total, { metricState }) => total + of(metricState), 0)
  const count = (name: string, labels: Readonly<Record<string, string>> = {}) =>
    sum(name, labels, (state) => (MetricState.isCounterState(state) ? Number(state.count) : 0))
  const value = (name: string, labels: Readonly<Record<string, string>> = {}) =>
    sum(name, labels, (state) => (MetricState.isGaugeState(state) ? Number(state.value) : 0))
  const histogram = (state: unknown) => (MetricState.isHistogramState(state) ? state : { sum: 0, count: 0 })
  return {
    counts: {
      passed: count("verdicts_total", { status: "pass" }),
      failed: count("verdicts_total", { status: "fail" }),
      rejected:
        count("deliveries_total", { result: "rejected" }) + count("deliveries_total", { result: "stale" }),
      providerErrors: count("provider_calls_total") - count("provider_calls_total", { result: "ok" })
    },
    delays: {
      sum: sum("verdict_delay_seconds", {}, (state) => histogram(state).sum),
      count: sum("verdict_delay_seconds", {}, (state) => histogram(state).count)
    },
    waitingPhones: value("waiting_phones")
  }
}

type Reading = ReturnType<typeof reading>

const between = (before: Reading, now: Reading) => {
  const delays = now.delays.count - before.delays.count
  return {
    passed: now.counts.passed - before.counts.passed,
    failed: now.counts.failed - before.counts.failed,
    rejected: now.counts.rejected - before.counts.rejected,
    providerErrors: now.counts.providerErrors - before.counts.providerErrors,
    webhookDelay: delays === 0 ? null : (now.delays.sum - before.delays.sum) / delays,
    waitingPhones: now.waitingPhones
  }
}

/** Looks every 10 seconds at what nobody counts as it happens, and remembers how the last two hours went. */
export class Observing extends Context.Tag("verifyhuman-dropin/Observing")<
  Observing,
  {
    /** Brings the gauges up to date. */
    readonly look: Effect.Effect<void, StorageUnavailable>
    /** Of this process, oldest first. */
    readonly trends: Effect.Effect<ReadonlyArray<Trend>>
  }
>() {
  static readonly layer: Layer.Layer<Observing, never, Records | PollGate> = Layer.scoped(
    Observing,
    Effect.gen(function* () {
      const records = yield* Records
      const gate = yield* PollGate
      const delay = yield* eventLoopDelay
      const trends: Array<Trend> = []
      let before = reading()

      const look = Effect.gen(function* () {
        const figures = yield* records.figures
        const { openUntil, refused } = yield* gate.current
        const now = yield* Clock.currentTimeMillis
        const age = figures.oldestPendingAction === null ? 0 : now - figures.oldestPendingAction
        Metrics.unmatchedEvents.set(figures.unmatchedEvents)
        Metrics.expiredWithoutEvent.set(figures.expiredWithoutEvent)
        Metrics.actions.set(figures.pendingActions, "pending")
        Metrics.actions.set(figures.deadActions, "dead")
        Metrics.actionBacklogSeconds.set(Math.max(0, age) / 1000)
        Metrics.breakerOpen.set(openUntil === null ? 0 : 1)
        Metrics.refusedProducts.set(refused.size)
        Metrics.residentMemory.set(process.memoryUsage.rss())
        Metrics.uptime.set(process.uptime())
        Metrics.eventLoopDelay.set(delay.max / 1e9)
        delay.reset()
        return figures
      })

      const remember = Effect.gen(function* () {
        const { deadActions, pendingActions } = yield* look
        const now = reading()
        const at = yield* Clock.currentTimeMillis
        trends.push({ at, ...between(before, now), pendingActions, deadActions })
        trends.splice(0, trends.length - kept)
        before = now
      })

      // Where the database does not answer, there is no point for that time; `/health/ready` tells why.
      yield* Effect.forkScoped(Effect.repeat(Effect.ignore(remember), Schedule.spaced(every)))

      return { look: Effect.asVoid(look), trends: Effect.sync(() => [...trends]) }
    })
  )
}

const eventLoopDelay: Effect.Effect<
  ReturnType<typeof monitorEventLoopDelay>,
  never,
  Scope.Scope
> = Effect.acquireRelease(
  Effect.sync(() => {
    const delay = monitorEventLoopDelay({ resolution: 20 })
    delay.enable()
    return delay
  }),
  (delay) => Effect.sync(() => delay.disable())
)
