import { execFileSync } from "node:child_process"
import { Effect } from "effect"
import { startPostgres } from "../postgres/server.js"

const signalled = (pid: number, name: NodeJS.Signals) => {
  try {
    process.kill(pid, name)
  } catch {
    // It ended meanwhile.
  }
}

/** A PostgreSQL of one test's own, which it may do anything to. */
export const aServer = Effect.map(
  Effect.acquireRelease(
    Effect.promise(() => startPostgres()),
    (server) => Effect.promise(server.remove)
  ),
  (server) => {
    /** The first process first: then no more of the others come. */
    const signal = (name: NodeJS.Signals) =>
      Effect.sync(() => {
        const first = server.pid()
        process.kill(first, name)
        const others = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" })
          .split("\n")
          .map((line) => line.trim().split(/\s+/).map(Number))
          .flatMap(([pid, parent]) => (parent === first && pid !== undefined ? [pid] : []))
        for (const pid of others) signalled(pid, name)
      })
    return {
      url: server.url,
      stop: (name: NodeJS.Signals) => Effect.promise(() => server.stop(name)),
      start: Effect.promise(() => server.start()),
      freeze: signal("SIGSTOP"),
      thaw: signal("SIGCONT")
    }
  }
)
