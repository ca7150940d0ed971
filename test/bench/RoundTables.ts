import { type ContestantName, titles } from "./Contestants.js"
import type { Measurement } from "./Measurement.js"
import { judge, leastOfTuned, median, ratioTo, type Spread, targets } from "./Ratios.js"
import { count, megabytes, type Table } from "./Tables.js"
import { meanings, type Workload, workloads } from "./Workloads.js"

type Measurements = ReadonlyArray<Measurement>

const present = <A>(all: Measurements, of: (one: Measurement) => A): ReadonlyArray<A> => [
  ...new Set(all.map(of))
]

export const contestantsIn = (all: Measurements): ReadonlyArray<ContestantName> =>
  present(
    all.filter(({ round }) => round === 1),
    ({ contestant }) => contestant
  )

const workloadsIn = (all: Measurements): ReadonlyArray<Workload> =>
  workloads.filter((workload) => present(all, (one) => one.workload).includes(workload))

export const medianRate = (all: Measurements, contestant: ContestantName, workload: Workload): number =>
  median(
    all.filter((one) => one.contestant === contestant && one.workload === workload).map(({ rate }) => rate)
  )

const percent = (shares: ReadonlyArray<number | null>): string => {
  const known = shares.filter((share) => share !== null)
  return known.length === 0 ? "–" : `${Math.round(median(known) * 100)} %`
}

/** Requests a second and latencies: medians over the rounds. */
export const speedTable = (all: Measurements): Table => ({
  columns: [
    "",
    ...workloadsIn(all).flatMap((workload) => [`${workload} /s`, "p50 ms", "p99 ms"]),
    "core busy",
    "peak memory"
  ],
  rows: contestantsIn(all).map((contestant) => {
    const own = all.filter((one) => one.contestant === contestant)
    const memory = own.flatMap(({ peakMemory }) => (peakMemory === null ? [] : [peakMemory]))
    return [
      titles[contestant],
      ...workloadsIn(all).flatMap((workload) => {
        const of = (part: (one: Measurement) => number) =>
          median(own.filter((one) => one.workload === workload).map(part))
        return [
          count(of(({ rate }) => rate)),
          of(({ p50 }) => p50).toFixed(1),
          of(({ p99 }) => p99).toFixed(1)
        ]
      }),
      workloadsIn(all)
        .map((workload) => percent(own.filter((one) => one.workload === workload).map(({ busy }) => busy)))
        .join(" / "),
      memory.length === 0 ? "–" : megabytes(median(memory))
    ]
  })
})

const withSpread = (ratio: Spread | null): string =>
  ratio === null ? "–" : `${ratio.median.toFixed(2)} (${ratio.least.toFixed(2)}–${ratio.most.toFixed(2)})`

/** Everybody against one: median and spread of the ratios within a round. */
export const ratioTable = (all: Measurements, base: ContestantName): Table => ({
  columns: [`as a ratio to ${titles[base]}`, ...workloadsIn(all)],
  rows: contestantsIn(all)
    .filter((contestant) => contestant !== base)
    .map((contestant) => [
      titles[contestant],
      ...workloadsIn(all).map((workload) => withSpread(ratioTo(all, workload, contestant, base)))
    ])
})

/** What the service had to reach, and whether it did. */
export const verdictTable = (all: Measurements): Table => ({
  columns: ["verifyhuman-dropin", "to fastify", "goal", "floor", "", "to raw tuned", "at least", ""],
  rows: workloadsIn(all).flatMap((workload) => {
    const plain = ratioTo(all, workload, "dropin", "fastify")
    const tuned = ratioTo(all, workload, "dropin", "raw-tuned")
    const { floor, goal } = targets[workload]
    return [
      [
        `${workload}: ${meanings[workload]}`,
        withSpread(plain),
        goal.toFixed(1),
        floor.toFixed(1),
        plain === null ? "–" : judge(workload, plain.median),
        withSpread(tuned),
        leastOfTuned.toFixed(1),
        tuned === null ? "–" : tuned.median >= leastOfTuned ? "goal" : `below ${leastOfTuned}`
      ]
    ]
  })
})

/** The workloads whose floor was missed. */
export const missedIn = (all: Measurements): ReadonlyArray<Workload> =>
  workloadsIn(all).filter((workload) => {
    const ratio = ratioTo(all, workload, "dropin", "fastify")
    return ratio !== null && judge(workload, ratio.median) === "MISSED"
  })
