import type { Trend } from "./contract.js"

/** So many points that a line can be read. */
const most = 120

const total = (group: ReadonlyArray<Trend>, of: (trend: Trend) => number) =>
  group.reduce((sum, trend) => sum + of(trend), 0)

const average = (values: ReadonlyArray<number>): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length

const joined = (group: ReadonlyArray<Trend>, at: string): Trend | null => {
  const last = group.at(-1)
  if (last === undefined) return null
  return {
    ...last,
    at,
    passed: total(group, ({ passed }) => passed),
    failed: total(group, ({ failed }) => failed),
    rejected_deliveries: total(group, ({ rejected_deliveries }) => rejected_deliveries),
    provider_errors: total(group, ({ provider_errors }) => provider_errors),
    webhook_delay: average(group.flatMap(({ webhook_delay }) => webhook_delay ?? [])),
    waiting_phones: Math.max(...group.map(({ waiting_phones }) => waiting_phones))
  }
}

export interface Series {
  readonly points: ReadonlyArray<Trend>
  /** How many seconds one point stands for. */
  readonly seconds: number
}

/**
 * The last two hours in points that can be seen: steps of 10 seconds, or several of them together. They are cut by the
 * clock, so that a point keeps its place when the next reading comes; what is not whole yet is left out.
 */
export const seriesOf = (trends: ReadonlyArray<Trend>): Series => {
  const size = Math.max(1, Math.ceil(trends.length / most))
  const groups = new Map<number, Array<Trend>>()
  for (const trend of trends) {
    const step = Math.floor(Date.parse(trend.at) / (size * 10_000))
    groups.set(step, [...(groups.get(step) ?? []), trend])
  }
  const points = [...groups].flatMap(([step, group], index, all) => {
    const isCut = (index === 0 || index === all.length - 1) && group.length < size - 1
    return isCut ? [] : (joined(group, new Date(step * size * 10_000).toISOString()) ?? [])
  })
  return { points, seconds: size * 10 }
}

export const perStep = (seconds: number): string => (seconds === 60 ? "per minute" : `per ${seconds} s`)
