import { Metric, type MetricKey, MetricState } from "effect"
import { prefix } from "./Instruments.js"

type Label = readonly [name: string, value: string]

const escaped = (text: string) => text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")
const quoted = ([name, value]: Label) => `${name}="${escaped(value).replaceAll('"', '\\"')}"`

const sample = (name: string, labels: ReadonlyArray<Label>, value: number | bigint) =>
  `${name}${labels.length === 0 ? "" : `{${labels.map(quoted).join(",")}}`} ${value}`

const lines = (name: string, labels: ReadonlyArray<Label>, state: unknown): ReadonlyArray<string> => {
  if (MetricState.isCounterState(state)) return [sample(name, labels, state.count)]
  if (MetricState.isGaugeState(state)) return [sample(name, labels, state.value)]
  if (!MetricState.isHistogramState(state)) return []
  const finite = state.buckets.filter(([bound]) => Number.isFinite(bound))
  return [
    ...finite.map(([bound, count]) => sample(`${name}_bucket`, [...labels, ["le", String(bound)]], count)),
    sample(`${name}_bucket`, [...labels, ["le", "+Inf"]], state.count),
    sample(`${name}_sum`, labels, state.sum),
    sample(`${name}_count`, labels, state.count)
  ]
}

const typeOf = (state: unknown) =>
  MetricState.isCounterState(state) ? "counter" : MetricState.isGaugeState(state) ? "gauge" : "histogram"

const labelsOf = ({ tags }: MetricKey.MetricKey.Untyped): ReadonlyArray<Label> =>
  tags.map(({ key, value }) => [key, value])

/** The metrics of this service in the text format of Prometheus, version 0.0.4. */
export const prometheusText = (): string => {
  const families = new Map<string, Array<string>>()
  for (const { metricKey, metricState } of Metric.unsafeSnapshot()) {
    const { description, name } = metricKey
    if (!name.startsWith(prefix)) continue
    const family = families.get(name) ?? [
      ...(description._tag === "Some" ? [`# HELP ${name} ${escaped(description.value)}`] : []),
      `# TYPE ${name} ${typeOf(metricState)}`
    ]
    family.push(...lines(name, labelsOf(metricKey), metricState))
    families.set(name, family)
  }
  const sorted = [...families].sort(([a], [b]) => (a < b ? -1 : 1))
  return `${sorted.flatMap(([, family]) => family).join("\n")}\n`
}
