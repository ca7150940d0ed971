import { readFileSync } from "node:fs"
import { pause } from "../Processes.js"

/** One second of the service's event loop, in milliseconds. */
export interface Second {
  readonly kind: "second"
  /** How long the loop stood still at most. */
  readonly stall: number
  /** The most that its thread worked while it stood still. */
  readonly worked: number
  /** The most that it waited for a core: the engine's own threads need one as well. */
  readonly waited: number
  /** The most that it waited for anything else: the disk, and the engine's threads where they collect garbage together. */
  readonly blocked: number
  readonly p99: number
  readonly longestGc: number
  readonly allGc: number
}

export interface MemoryUse {
  readonly kind: "memory"
  /** Live bytes after a collection, on the heap and beside it. */
  readonly bytes: number
  readonly rss: number
}

const lines = (file: string): ReadonlyArray<Second | MemoryUse> => {
  try {
    return readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line))
  } catch {
    return []
  }
}

export const secondsIn = (file: string): ReadonlyArray<Second> =>
  lines(file).filter((line) => line.kind === "second")

/** Has the service collect its garbage, and reads what is left. */
export const liveMemory = async (pid: number, file: string): Promise<MemoryUse> => {
  const uses = () => lines(file).filter((line) => line.kind === "memory")
  const before = uses().length
  process.kill(pid, "SIGUSR2")
  for (let waited = 0; waited < 10_000; waited += 50) {
    const use = uses()[before]
    if (use !== undefined) return use
    await pause(50)
  }
  throw new Error("the service did not tell its memory use")
}
