import { parseArgs } from "node:util"
import { type ContestantName, contestantNames } from "./Contestants.js"
import { type Workload, workloads } from "./Workloads.js"

export type Mode = "quick" | "default" | "full"

export interface Options {
  readonly mode: Mode
  readonly workloads: ReadonlyArray<Workload>
  readonly contestants: ReadonlyArray<ContestantName>
  /** One part of `--full`, alone. */
  readonly part: string | null
  /** Overrides how long a part puts load on. */
  readonly seconds: number | null
}

const usage = `npm run bench -- [--quick | --full] [--only S,W,C] [--contestants ${contestantNames.join(",")}]
npm run bench -- --part NAME [--seconds N]`

const chosen = <Name extends string>(
  given: string | undefined,
  names: ReadonlyArray<Name>
): ReadonlyArray<Name> => {
  if (given === undefined) return names
  const asked = given.split(",")
  const unknown = asked.filter((name) => !names.some((one) => one === name))
  if (unknown.length > 0) throw new Error(`there is no ${unknown.join(", ")}; there is ${names.join(", ")}`)
  return names.filter((name) => asked.includes(name))
}

const secondsOf = (given: string | undefined): number | null => {
  if (given === undefined) return null
  if (!(Number(given) >= 1)) throw new Error("--seconds takes a number, at least 1")
  return Number(given)
}

export const readOptions = (args: ReadonlyArray<string>): Options => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: "boolean" },
      full: { type: "boolean" },
      only: { type: "string" },
      contestants: { type: "string" },
      part: { type: "string" },
      seconds: { type: "string" },
      help: { type: "boolean" }
    }
  })
  if (values.help) {
    console.log(usage)
    process.exit(0)
  }
  return {
    mode: values.full ? "full" : values.quick ? "quick" : "default",
    workloads: chosen(values.only, workloads),
    contestants: chosen(values.contestants, contestantNames),
    part: values.part ?? null,
    seconds: secondsOf(values.seconds)
  }
}
