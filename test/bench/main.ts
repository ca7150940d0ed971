import { contestantNames } from "./Contestants.js"
import { end } from "./Ending.js"
import { cores, describeMachine, pin, warnings } from "./Machine.js"
import { type Options, readOptions } from "./Options.js"
import { plans } from "./Plan.js"
import { partNamed, parts } from "./parts/all.js"
import type { Part } from "./parts/Part.js"
import { keepFinding, keepRounds, roundTables, textOf } from "./Results.js"
import { playRounds } from "./Rounds.js"
import { missedIn } from "./RoundTables.js"
import { asText } from "./Tables.js"
import { workloads } from "./Workloads.js"

/** True when a floor was missed. */
const runRounds = async (options: Pick<Options, "mode" | "workloads" | "contestants">): Promise<boolean> => {
  const plan = plans[options.mode]
  const measurements = await playRounds({ ...options, plan, tell: console.log })
  console.log(`\n${roundTables(measurements).map(asText).join("\n\n")}`)
  const isComplete =
    options.contestants.length === contestantNames.length && options.workloads.length === workloads.length
  if (options.mode !== "quick" && isComplete) keepRounds(measurements, plan)
  const missed = missedIn(measurements)
  if (missed.length > 0) console.log(`\nBelow the floor: ${missed.join(", ")}.`)
  return missed.length > 0
}

const runPart = async (part: Part, seconds: number | null): Promise<void> => {
  console.log(`\n${part.title}`)
  const finding = await part.measure({ seconds, tell: console.log })
  console.log(`\n${textOf(finding)}`)
  if (seconds === null) keepFinding(part, finding)
}

/** One part that fails does not cost the others. */
const runParts = async (seconds: number | null): Promise<void> => {
  const failures: Array<string> = []
  for (const part of parts) {
    await runPart(part, seconds).catch((error: unknown) => {
      console.error(error)
      failures.push(part.name)
    })
  }
  if (failures.length > 0) throw new Error(`failed: ${failures.join(", ")}`)
}

/** The exit code. */
const main = async ({ part, seconds, ...options }: Options): Promise<number> => {
  pin(process.pid, cores.load)
  console.log([describeMachine(), ...warnings(), ""].join("\n"))
  if (part !== null) {
    await runPart(partNamed(part), seconds)
    return 0
  }
  const missed = await runRounds(options)
  if (options.mode === "full") await runParts(seconds)
  return missed ? 1 : 0
}

const fail = (error: unknown): Promise<void> => {
  console.error(error instanceof Error ? error.message : error)
  return end(2)
}

try {
  main(readOptions(process.argv.slice(2))).then(end, fail)
} catch (error) {
  fail(error)
}
