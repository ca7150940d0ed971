import { readFileSync } from "node:fs"

const field = (pid: number, name: string): number | null => {
  try {
    const line = new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(readFileSync(`/proc/${pid}/status`, "utf8"))
    return line?.[1] === undefined ? null : Number(line[1]) * 1024
  } catch {
    return null
  }
}

/** Bytes a process holds; null where the system does not tell. */
export const residentBytes = (pid: number): number | null => field(pid, "VmRSS")

export const peakResidentBytes = (pid: number): number | null => field(pid, "VmHWM")
