import { type ChildProcess, spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect, Schedule, type Scope } from "effect"
import { builtBundle } from "./bundle.js"

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A process of the command line. */
export interface RunningProcess {
  readonly pid: number
  /** What it wrote so far. */
  readonly stdout: () => string
  readonly stderr: () => string
  /** Waits for it to end by itself. */
  readonly ended: Effect.Effect<Ended>
  readonly signal: (signal: NodeJS.Signals) => Effect.Effect<void>
  /** Sends the signal and waits for the end. */
  readonly stop: (signal: NodeJS.Signals) => Effect.Effect<Ended>
}

export interface Surroundings {
  /** All of its environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
}

/** A port that was free a moment ago. */
export const freePort = Effect.async<number>((resume) => {
  const server = createServer().listen(0, "127.0.0.1", () => {
    const address = server.address()
    server.close(() => resume(Effect.succeed(typeof address === "object" ? (address?.port ?? 0) : 0)))
  })
})

/** A directory of its own, which goes with the scope. */
export const scratchDirectory = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "verifyhuman-dropin-"))),
  (directory) => Effect.sync(() => rmSync(directory, { recursive: true, force: true }))
)

const ended = (child: ChildProcess) =>
  Effect.async<Ended>((resume) => {
    const done = () => resume(Effect.succeed({ code: child.exitCode, signal: child.signalCode }))
    if (child.exitCode !== null || child.signalCode !== null) return done()
    child.once("exit", done)
    return Effect.sync(() => child.off("exit", done))
  })

const collected = (stream: NodeJS.ReadableStream | null) => {
  const chunks: Array<Buffer> = []
  stream?.on("data", (chunk: Buffer) => chunks.push(chunk))
  return () => Buffer.concat(chunks).toString("utf8")
}

/** Runs the built command line; what still runs when the scope ends is killed. */
export const command = (
  args: ReadonlyArray<string>,
  { cwd, env }: Surroundings
): Effect.Effect<RunningProcess, never, Scope.Scope> =>
  Effect.gen(function* () {
    const bundle = yield* builtBundle
    const child = yield* Effect.acquireRelease(
      Effect.sync(() => spawn(process.execPath, [bundle, ...args], { cwd, env })),
      (child) =>
        Effect.zipRight(
          Effect.sync(() => child.kill("SIGKILL")),
          ended(child)
        )
    )
    const signal = (signal: NodeJS.Signals) => Effect.sync(() => void child.kill(signal))
    return {
      pid: child.pid ?? 0,
      stdout: collected(child.stdout),
      stderr: collected(child.stderr),
      ended: ended(child),
      signal,
      stop: (name) => Effect.zipRight(signal(name), ended(child))
    }
  })

const isReady = (url: string) =>
  Effect.tryPromise(async () => {
    const { status } = await fetch(`${url}/health/ready`, { headers: { connection: "close" } })
    if (status !== 200) throw new Error(`not ready: ${status}`)
  })

/** `serve` on a port, ready to take work. */
export const serve = (
  port: number,
  { cwd, env }: Surroundings
): Effect.Effect<RunningProcess & { readonly url: string }, never, Scope.Scope> =>
  Effect.gen(function* () {
    const service = yield* command(["serve"], { cwd, env: { HOST: "127.0.0.1", ...env, PORT: String(port) } })
    const url = `http://127.0.0.1:${port}`
    const tells = (what: string) => new Error(`${what}\n${service.stdout()}${service.stderr()}`)
    yield* isReady(url).pipe(
      Effect.retry(Schedule.spaced("50 millis")),
      Effect.raceFirst(
        Effect.flatMap(service.ended, ({ code }) => Effect.die(tells(`the service ended with ${code}`)))
      ),
      Effect.timeoutFail({ duration: "30 seconds", onTimeout: () => tells("the service did not start") }),
      Effect.orDie
    )
    return { ...service, url }
  })
