import { readFileSync } from "node:fs"

const ticksPerSecond = 100

/** Seconds of a core that a process has used; null where the system does not tell. */
export const processorSeconds = (pid: number): number | null => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
  } catch {
    return null
  }
}

/** The share of a core that a process uses while something is done. */
export const busyWhile = async <A>(pid: number, work: () => Promise<A>) => {
  const before = processorSeconds(pid)
  const startedAt = performance.now()
  const result = await work()
  const after = processorSeconds(pid)
  const seconds = (performance.now() - startedAt) / 1000
  return { result, busy: before === null || after === null ? null : (after - before) / seconds }
}
