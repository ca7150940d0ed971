import { type ChildProcess, spawn } from "node:child_process"
import { closeSync, openSync, readFileSync } from "node:fs"
import { createServer } from "node:net"
import { dirname } from "node:path"
import { nodeOn } from "./Machine.js"
import { scratch } from "./Scratch.js"
import { readyPath } from "./Terms.js"

export interface Running {
  readonly url: string
  readonly pid: number
  /** Milliseconds from the start of the process to its first good answer. */
  readonly readyAfter: number
  readonly stop: (signal?: NodeJS.Signals) => Promise<void>
}

export interface Program {
  readonly name: string
  readonly core: string
  readonly args: ReadonlyArray<string>
  readonly env: Readonly<Record<string, string>>
}

const alive = new Set<ChildProcess>()

export const killAll = (): void => {
  for (const child of alive) child.kill("SIGKILL")
}

/** A port that was free a moment ago. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0))
    })
  })

export const pause = (millis: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, millis))

const hasEnded = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => (hasEnded(child) ? resolve() : child.once("exit", () => resolve())))

const isReady = async (url: string): Promise<boolean> => {
  try {
    const answer = await fetch(url + readyPath, { headers: { connection: "close" } })
    await answer.arrayBuffer()
    return answer.ok
  } catch {
    return false
  }
}

const patienceMillis = 60_000

/** Starts a program on a port and waits until it is ready. What it prints goes to a file. */
export const run = async ({ args, core, env, name }: Program): Promise<Running> => {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const log = scratch(`${name.replaceAll(" ", "-")}.log`)
  const output = openSync(log, "a")
  const [command, all] = nodeOn(core, args)
  const startedAt = performance.now()
  const child = spawn(command, all, {
    cwd: dirname(log),
    env: { PATH: process.env["PATH"] ?? "", NODE_ENV: "production", PORT: String(port), ...env },
    stdio: ["ignore", output, output]
  })
  closeSync(output)
  alive.add(child)
  child.once("exit", () => alive.delete(child))
  while (!(await isReady(url))) {
    if (hasEnded(child) || performance.now() - startedAt > patienceMillis) {
      throw new Error(`${name} did not start:\n${readFileSync(log, "utf8").slice(-2000)}`)
    }
    await pause(5)
  }
  return {
    url,
    pid: child.pid ?? 0,
    readyAfter: performance.now() - startedAt,
    stop: async (signal = "SIGTERM") => {
      child.kill(signal)
      await ended(child)
    }
  }
}
