import { execFileSync } from "node:child_process"
import { join, resolve } from "node:path"
import { cores } from "./Machine.js"
import { type Running, run } from "./Processes.js"
import { open, schema } from "./peers/Database.js"
import { type Seed, seedDropin, seedPeer } from "./Seeding.js"
import { jwtSecret, providerKey, webhookSecret } from "./Terms.js"

export const contestantNames = [
  "dropin",
  "raw-tuned",
  "fastify-tuned",
  "raw",
  "fastify",
  "hono",
  "express"
] as const

export type ContestantName = (typeof contestantNames)[number]

export const titles: Readonly<Record<ContestantName, string>> = {
  dropin: "verifyhuman-dropin",
  "raw-tuned": "raw tuned",
  "fastify-tuned": "fastify tuned",
  raw: "raw",
  fastify: "fastify",
  hono: "hono",
  express: "express"
}

export interface Surroundings {
  readonly databaseFile: string
  readonly providerUrl: string
  /** Arguments of Node before the program. */
  readonly nodeArgs?: ReadonlyArray<string>
  readonly env?: Readonly<Record<string, string>>
}

/** Contestants of one kind have one schema. */
export interface Kind {
  readonly name: string
  readonly createSchema: (databaseFile: string) => void
  readonly seed: Seed
}

export interface Contestant {
  readonly name: ContestantName
  readonly kind: Kind
  readonly start: (surroundings: Surroundings) => Promise<Running>
}

const programs = import.meta.dirname
const service = resolve(programs, "../../../dist/bin.js")

export const dropinEnv = (databaseUrl: string, providerUrl: string): Readonly<Record<string, string>> => ({
  VERIFYHUMAN_ENVIRONMENT: "test",
  VERIFYHUMAN_BASE_URL: providerUrl,
  VERIFYHUMAN_API_KEY: providerKey,
  VERIFYHUMAN_WEBHOOK_SECRETS: webhookSecret,
  AUTH_JWT_SECRET: jwtSecret,
  DATABASE_URL: databaseUrl,
  HOST: "127.0.0.1"
})

export const serviceArgs = (command: string): ReadonlyArray<string> => [service, command]

const dropinKind: Kind = {
  name: "dropin",
  createSchema: (databaseFile) => {
    execFileSync(process.execPath, [...serviceArgs("migrate")], {
      env: { DATABASE_URL: `sqlite:${databaseFile}` },
      stdio: "pipe"
    })
  },
  seed: seedDropin
}

const peerKind: Kind = {
  name: "peer",
  createSchema: (databaseFile) => {
    open(databaseFile).exec(schema).close()
  },
  seed: seedPeer
}

const dropin: Contestant = {
  name: "dropin",
  kind: dropinKind,
  start: ({ databaseFile, env = {}, nodeArgs = [], providerUrl }) =>
    run({
      name: "dropin",
      core: cores.contestant,
      args: [...nodeArgs, ...serviceArgs("serve")],
      env: { ...dropinEnv(`sqlite:${databaseFile}`, providerUrl), ...env }
    })
}

const peer = (name: Exclude<ContestantName, "dropin">): Contestant => ({
  name,
  kind: peerKind,
  start: ({ databaseFile, env = {}, nodeArgs = [], providerUrl }) =>
    run({
      name,
      core: cores.contestant,
      args: [...nodeArgs, join(programs, "peers", "programs", `${name}.mjs`)],
      env: { DATABASE_FILE: databaseFile, PROVIDER_URL: providerUrl, ...env }
    })
})

export const contestant = (name: ContestantName): Contestant => (name === "dropin" ? dropin : peer(name))

export const startProvider = (): Promise<Running> =>
  run({ name: "provider", core: cores.load, args: [join(programs, "provider.mjs")], env: {} })
