import { type ContestantName, contestant, startProvider, titles } from "./Contestants.js"
import { databasesWith } from "./Databases.js"
import type { Measurement } from "./Measurement.js"
import { peakResidentBytes } from "./Memory.js"
import type { Plan } from "./Plan.js"
import { polled, type Seeded, undecided } from "./Population.js"
import { type Check, enough, type Measured, runPolls, runStarts, runWebhooks } from "./Runs.js"
import { removeFiles } from "./Scratch.js"
import { smoke } from "./Smoke.js"
import type { Workload } from "./Workloads.js"

const polledSessions = 10_000

interface Rounds {
  readonly plan: Plan
  readonly contestants: ReadonlyArray<ContestantName>
  readonly workloads: ReadonlyArray<Workload>
  readonly tell: (line: string) => void
}

const shown = ({ busy, p50, p99, rate }: Measured) =>
  [
    `${rate.toFixed(0).padStart(6)} /s`,
    `p50 ${p50.toFixed(1)} ms`,
    `p99 ${p99.toFixed(1)} ms`,
    ...(busy === null ? [] : [`core ${Math.round(busy * 100)} % busy`])
  ].join("  ")

/** Every round starts each contestant anew, on a database of its own, while nobody else runs. */
export const playRounds = async ({
  contestants,
  plan,
  tell,
  workloads
}: Rounds): Promise<ReadonlyArray<Measurement>> => {
  const provider = await startProvider()
  const phones = polled(polledSessions)
  const toDecide = undecided(enough(plan, "W"))
  const forSmoke = [0, 1].map((i) => undecided(1, enough(plan, "W") + i)[0]) as [Seeded, Seeded]
  const users = Array.from({ length: enough(plan, "C") }, (_, i) => `starting-${i}`)
  const databaseOf = databasesWith([...phones, ...toDecide, ...forSmoke])

  const play = async (name: ContestantName, round: number): Promise<ReadonlyArray<Measurement>> => {
    const { kind, start } = contestant(name)
    const databaseFile = databaseOf(kind)
    const { pid, stop, url } = await start({ databaseFile, providerUrl: provider.url })
    const target = { name: titles[name], url, pid, databaseFile }
    if (round === 1) await smoke(target.name, url, forSmoke)
    const checks: Array<Check> = []
    const runs: Readonly<Record<Workload, () => Promise<Measured>>> = {
      S: () => runPolls(target, plan, phones),
      W: () => runWebhooks(target, plan, toDecide, checks),
      C: () => runStarts(target, plan, users, checks)
    }
    const results: Array<Omit<Measurement, "peakMemory">> = []
    for (const workload of workloads) {
      const measured = await runs[workload]()
      tell(`round ${round}  ${target.name.padEnd(18)} ${workload}  ${shown(measured)}`)
      const { busy, p50, p99, rate } = measured
      results.push({ round, contestant: name, workload, rate, p50, p99, busy })
    }
    const peakMemory = peakResidentBytes(pid)
    await stop("SIGKILL")
    for (const check of checks) check()
    removeFiles(databaseFile)
    return results.map((result) => ({ ...result, peakMemory }))
  }

  const measurements: Array<Measurement> = []
  for (let round = 1; round <= plan.rounds; round++) {
    for (let turn = 0; turn < contestants.length; turn++) {
      const name = contestants[(turn + round - 1) % contestants.length]
      if (name !== undefined) measurements.push(...(await play(name, round)))
    }
  }
  await provider.stop()
  return measurements
}
