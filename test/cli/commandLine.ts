import { execFile } from "node:child_process"
import { createServer, type Server } from "node:net"
import { Effect, Schedule } from "effect"
import { builtBundle } from "../e2e/bundle.js"
import type { RunningProcess, Surroundings } from "../e2e/process.js"

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs the built command line and waits until it has ended and all that it wrote has arrived. */
export const ranToItsEnd = (
  args: ReadonlyArray<string>,
  { cwd, env }: Surroundings,
  stdin: string | Uint8Array = "",
  program: Effect.Effect<string> = builtBundle
) =>
  Effect.flatMap(program, (path) =>
    Effect.async<Ran>((resume) => {
      const child = execFile(
        process.execPath,
        [path, ...args],
        { cwd, env, timeout: 60_000, killSignal: "SIGKILL" },
        (_error, stdout, stderr) =>
          resume(
            child.exitCode === null
              ? Effect.dieMessage(`it did not end by itself\n${stdout}${stderr}`)
              : Effect.succeed({ code: child.exitCode, stdout, stderr })
          )
      )
      // Who ends before it has read everything does so on purpose.
      child.stdin?.on("error", () => undefined).end(stdin)
    })
  )

/** Waits until it has written this to its output. */
export const wrote = ({ stderr, stdout }: RunningProcess, text: string) =>
  Effect.suspend(() => (stdout().includes(text) ? Effect.void : Effect.fail("not yet"))).pipe(
    Effect.retry(Schedule.spaced("50 millis")),
    Effect.timeoutFail({
      duration: "25 seconds",
      onTimeout: () => new Error(`it never wrote "${text}", but\n${stdout()}${stderr()}`)
    }),
    Effect.orDie
  )

/** A port that this process listens on until the scope closes. */
export const heldPort = Effect.map(
  Effect.acquireRelease(
    Effect.async<Server>((resume) => {
      const server = createServer().listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
    }),
    (server) => Effect.async<void>((resume) => void server.close(() => resume(Effect.void)))
  ),
  (server) => {
    const address = server.address()
    return typeof address === "object" ? (address?.port ?? 0) : 0
  }
)
