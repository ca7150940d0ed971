import { killAll } from "./Processes.js"
import { removeScratch } from "./Scratch.js"

type CleanUp = () => Promise<void>

const pending = new Set<CleanUp>()

/** Does the work and then cleans up, also when the run is ended from outside meanwhile. */
export const cleaningUp = async <A>(cleanUp: CleanUp, work: () => Promise<A>): Promise<A> => {
  pending.add(cleanUp)
  try {
    return await work()
  } finally {
    if (pending.delete(cleanUp)) await cleanUp()
  }
}

let ending = false

/** Ends the run and everything that it began. */
export const end = async (code: number): Promise<void> => {
  if (ending) return
  ending = true
  const all = [...pending]
  pending.clear()
  await Promise.allSettled(all.map((cleanUp) => cleanUp()))
  process.exit(code)
}

process.on("exit", () => {
  killAll()
  removeScratch()
})
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void end(130))
