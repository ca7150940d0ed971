import { Metric, MetricState } from "effect"
import { prefix } from "../telemetry/Instruments.js"

/** How the service fared in one interval; counts are those of the interval, the rest is as it stood at its end. */
export interface Trend {
  readonly at: number
  readonly passed: number
  readonly failed: number
  readonly rejected: number
  readonly providerErrors: number
  /** Answers that were problems, by their code. */
  readonly problems: ReadonlyMap<string, number>
  /** Seconds from the provider's time to the commit, on average; null when no verdict changed. */
  readonly webhookDelay: number | null
  readonly waitingPhones: number
  readonly pendingActions: number
  readonly deadActions: number
}

/** Sums of counters and histograms by name, over all labels but those that are asked for. */
export const reading = () => {
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
    problems: new Map(
      metrics.flatMap(({ metricKey: { name, tags }, metricState }) =>
        name === `${prefix}problems_total` && MetricState.isCounterState(metricState)
          ? [[tags[0]?.value ?? "", Number(metricState.count)] as const]
          : []
      )
    ),
    delays: {
      sum: sum("verdict_delay_seconds", {}, (state) => histogram(state).sum),
      count: sum("verdict_delay_seconds", {}, (state) => histogram(state).count)
    },
    waitingPhones: value("waiting_phones")
  }
}

export type Reading = ReturnType<typeof reading>

export const between = (before: Reading, now: Reading) => {
  const delays = now.delays.count - before.delays.count
  return {
    passed: now.counts.passed - before.counts.passed,
    failed: now.counts.failed - before.counts.failed,
    rejected: now.counts.rejected - before.counts.rejected,
    providerErrors: now.counts.providerErrors - before.counts.providerErrors,
    problems: new Map(
      [...now.problems]
        .map(([code, count]) => [code, count - (before.problems.get(code) ?? 0)] as const)
        .filter(([, count]) => count > 0)
    ),
    webhookDelay: delays === 0 ? null : (now.delays.sum - before.delays.sum) / delays,
    waitingPhones: now.waitingPhones
  }
}

/** How often each problem was answered, and when last. */
export const problemsIn = (trends: ReadonlyArray<Trend>) => {
  const found = new Map<string, { readonly count: number; readonly lastAt: number }>()
  for (const { at, problems } of trends) {
    for (const [code, count] of problems) {
      found.set(code, { count: (found.get(code)?.count ?? 0) + count, lastAt: at })
    }
  }
  return [...found].map(([code, times]) => ({ code, ...times }))
}
