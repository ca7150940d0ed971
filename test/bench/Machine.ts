import { execFileSync } from "node:child_process"
import { availableParallelism, cpus, loadavg, totalmem, type } from "node:os"

const isThere = (command: string): boolean => {
  try {
    execFileSync(command, ["--version"], { stdio: "ignore" })
    return true
  } catch {
    return false
  }
}

/** Contestants get a core of their own; load and provider share the next. */
export const isPinned = availableParallelism() >= 2 && isThere("taskset")

export const cores = { contestant: "0", load: "1", both: "0,1" }

/** The command that runs Node on a core, where that can be said. */
export const nodeOn = (core: string, args: ReadonlyArray<string>): readonly [string, Array<string>] =>
  isPinned ? ["taskset", ["-c", core, process.execPath, ...args]] : [process.execPath, [...args]]

export const pin = (pid: number, core: string): void => {
  if (isPinned) execFileSync("taskset", ["-a", "-c", "-p", core, String(pid)], { stdio: "ignore" })
}

export const describeMachine = (): string =>
  [
    `${cpus().length} × ${cpus()[0]?.model.trim() ?? "unknown CPU"}`,
    `${Math.round(totalmem() / 2 ** 30)} GB`,
    type(),
    `Node ${process.versions.node}`,
    isPinned
      ? "contestant on core 0, load and provider on core 1"
      : "not pinned: contestants and load share the cores"
  ].join(", ")

const quiet = 0.5

/** What else keeps this machine busy would be measured too. */
export const warnings = (): ReadonlyArray<string> => {
  const [load = 0] = loadavg()
  return load <= quiet
    ? []
    : [`The load average is ${load.toFixed(2)}: something else runs here, or did a minute ago.`]
}
