import type { ContestantName } from "./Contestants.js"
import type { Measurement } from "./Measurement.js"
import type { Workload } from "./Workloads.js"

export interface Spread {
  readonly median: number
  readonly least: number
  readonly most: number
}

export type Judgement = "goal" | "floor" | "MISSED"

/** What the service has to reach against Fastify (`goal`), and must not fall short of (`floor`). */
export const targets: Readonly<Record<Workload, { readonly goal: number; readonly floor: number }>> = {
  S: { goal: 1.5, floor: 1.1 },
  W: { goal: 3, floor: 1.8 },
  C: { goal: 2.5, floor: 1.5 }
}

/** Against plain `node:http` with the same techniques. */
export const leastOfTuned = 0.8

export const median = (values: ReadonlyArray<number>): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2
}

export const spreadOf = (values: ReadonlyArray<number>): Spread => ({
  median: median(values),
  least: Math.min(...values),
  most: Math.max(...values)
})

/** A contestant's rate in a round, divided by the base's in the same round; null where they never met. */
export const ratioTo = (
  measurements: ReadonlyArray<Measurement>,
  workload: Workload,
  contestant: ContestantName,
  base: ContestantName
): Spread | null => {
  const ratesOf = (name: ContestantName) =>
    new Map(
      measurements
        .filter((one) => one.contestant === name && one.workload === workload)
        .map(({ rate, round }) => [round, rate])
    )
  const bases = ratesOf(base)
  const ratios = [...ratesOf(contestant)].flatMap(([round, rate]) => {
    const of = bases.get(round)
    return of === undefined ? [] : [rate / of]
  })
  return ratios.length === 0 ? null : spreadOf(ratios)
}

export const judge = (workload: Workload, ratio: number): Judgement =>
  ratio >= targets[workload].goal ? "goal" : ratio >= targets[workload].floor ? "floor" : "MISSED"
