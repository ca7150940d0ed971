import { Metric, MetricBoundaries, MetricLabel } from "effect"

/** What the metrics of this service begin with. */
export const prefix = "dropin_"

type Labels = ReadonlyArray<MetricLabel.MetricLabel>

const none: Labels = []

const labelsOf = (names: ReadonlyArray<string>) => {
  const known = new Map<string, Labels>()
  return (values: ReadonlyArray<string>): Labels => {
    const key = values.length === 1 ? (values[0] ?? "") : values.join("\n")
    const labels = known.get(key) ?? names.map((name, i) => MetricLabel.make(name, values[i] ?? ""))
    known.set(key, labels)
    return labels
  }
}

/**
 * Counts at once and in no fiber: a poll costs less than an Effect would. Labels have few values, all of this program's
 * own words.
 */
export const counter = <const Names extends ReadonlyArray<string>>(
  name: string,
  description: string,
  ...labels: Names
) => {
  const metric = Metric.counter(`${prefix}${name}`, { description, incremental: true })
  const labelled = labelsOf(labels)
  return {
    add: (...values: { readonly [_ in keyof Names]: string }): void =>
      metric.unsafeUpdate(1, labelled(values as ReadonlyArray<string>))
  }
}

export const gauge = <const Names extends ReadonlyArray<string>>(
  name: string,
  description: string,
  ...labels: Names
) => {
  const metric = Metric.gauge(`${prefix}${name}`, { description })
  const labelled = labelsOf(labels)
  return {
    set: (value: number, ...values: { readonly [_ in keyof Names]: string }): void =>
      metric.unsafeUpdate(value, labelled(values as ReadonlyArray<string>)),
    /** By how much it changed. */
    add: (change: number): void => metric.unsafeModify(change, none)
  }
}

export const histogram = <const Names extends ReadonlyArray<string>>(
  name: string,
  description: string,
  boundaries: ReadonlyArray<number>,
  ...labels: Names
) => {
  const metric = Metric.histogram(`${prefix}${name}`, MetricBoundaries.fromIterable(boundaries), description)
  const labelled = labelsOf(labels)
  return {
    observe: (value: number, ...values: { readonly [_ in keyof Names]: string }): void =>
      metric.unsafeUpdate(value, labelled(values as ReadonlyArray<string>))
  }
}
