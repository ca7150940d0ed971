import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, beforeAll, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { builtBundle } from "../e2e/bundle.js"
import { command, freePort, scratchDirectory } from "../e2e/process.js"
import { heldPort, ranToItsEnd, wrote } from "./commandLine.js"

beforeAll(() => Effect.runPromise(builtBundle), 180_000)

/** Ports of its own and a database in memory. */
const surroundings = Effect.gen(function* () {
  const cwd = yield* scratchDirectory
  const port = yield* freePort
  const sandboxPort = yield* freePort
  const env: Record<string, string> = {
    PORT: String(port),
    SANDBOX_PORT: String(sandboxPort),
    DATABASE_URL: "sqlite::memory:"
  }
  return { cwd, port, sandboxPort, env }
})

const ask = (url: string, token?: string) =>
  Effect.promise(() =>
    fetch(url, {
      headers: { connection: "close", ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) }
    })
  )

const real = {
  VERIFYHUMAN_ENVIRONMENT: "test",
  VERIFYHUMAN_API_KEY: "vhk_test_key",
  VERIFYHUMAN_WEBHOOK_SECRETS: "whsec_one_of_the_dashboard",
  AUTH_JWT_SECRET: "a-secret-for-tests-of-at-least-32-bytes"
}

describe("the service on a fresh machine", () => {
  it.scopedLive.each([
    { args: [], signal: "SIGTERM" as const },
    { args: ["serve"], signal: "SIGINT" as const }
  ])("$args starts in the sandbox, says what to open, and ends well on $signal", ({ args, signal }) =>
    Effect.gen(function* () {
      const { cwd, env, port, sandboxPort } = yield* surroundings
      const service = yield* command(args, { cwd, env })
      yield* wrote(service, "admin token")
      const shown = service.stdout()
      assert.match(shown, new RegExp(`^  open +http://localhost:${port}/demo `, "m"))
      assert.match(shown, new RegExp(`^  API +http://localhost:${port}/docs `, "m"))
      assert.match(shown, new RegExp(`^  provider +http://localhost:${sandboxPort} `, "m"))
      const [, adminToken = ""] =
        /^ {2}admin token +([\w-]{43}) +for operators: console, command line, API$/m.exec(shown) ?? []
      const overview = yield* ask(`http://127.0.0.1:${port}/api/admin/overview`, adminToken)
      assert.strictEqual(overview.status, 200)
      assert.include(shown, "which verifies nobody")
      assert.strictEqual((yield* ask(`http://127.0.0.1:${port}/demo`)).status, 200)
      assert.strictEqual((yield* ask(`http://127.0.0.1:${sandboxPort}/sandbox/behaviour`)).status, 200)
      assert.deepStrictEqual(yield* service.stop(signal), { code: 0, signal: null })
      assert.strictEqual(service.stderr(), "")
    })
  )

  it.scopedLive("keeps its data in ./data and reads ./.env", () =>
    Effect.gen(function* () {
      const { cwd, env, port, sandboxPort } = yield* surroundings
      writeFileSync(join(cwd, ".env"), `PORT=${port}\nSANDBOX_PORT=1\nADMIN_TOKENS='${"t".repeat(40)}'\n`)
      const service = yield* command([], { cwd, env: { SANDBOX_PORT: env["SANDBOX_PORT"] ?? "" } })
      yield* wrote(service, "as in ADMIN_TOKENS")
      assert.notInclude(service.stdout(), "t".repeat(40))
      assert.match(service.stdout(), new RegExp(`^  open +http://localhost:${port}/demo `, "m"))
      assert.match(service.stdout(), new RegExp(`^  provider +http://localhost:${sandboxPort} `, "m"))
      assert.isTrue(existsSync(join(cwd, "data/verifyhuman-dropin.db")))
    })
  )

  it.scopedLive("warns of a sandbox that the network can reach", () =>
    Effect.gen(function* () {
      const { cwd, env } = yield* surroundings
      const service = yield* command([], { cwd, env: { ...env, HOST: "0.0.0.0" } })
      yield* wrote(service, "HOST=0.0.0.0 lets the network reach the sandbox, which verifies nobody")
    })
  )
})

describe("the service with real users", () => {
  it.scopedLive("logs where it listens, and no demo, no provider and no secret", () =>
    Effect.gen(function* () {
      const { cwd, env, port, sandboxPort } = yield* surroundings
      const service = yield* command(["serve"], { cwd, env: { ...env, ...real, HOST: "127.0.0.1" } })
      yield* wrote(service, "listens")
      const lines = service
        .stdout()
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line))
      assert.deepStrictEqual(
        lines.map(({ level, message }) => ({ level, message })),
        [{ level: "INFO", message: `verifyhuman-dropin (test) listens on 127.0.0.1, port ${port}` }]
      )
      assert.strictEqual((yield* ask(`http://127.0.0.1:${port}/health/ready`)).status, 200)
      assert.strictEqual((yield* ask(`http://127.0.0.1:${port}/demo`)).status, 404)
      const provider = yield* Effect.either(
        Effect.tryPromise(() => fetch(`http://127.0.0.1:${sandboxPort}/sandbox/behaviour`))
      )
      assert.strictEqual(provider._tag, "Left")
      assert.deepStrictEqual(yield* service.stop("SIGTERM"), { code: 0, signal: null })
      const all = service.stdout() + service.stderr()
      for (const secret of [
        real.VERIFYHUMAN_API_KEY,
        real.VERIFYHUMAN_WEBHOOK_SECRETS,
        real.AUTH_JWT_SECRET
      ]) {
        assert.notInclude(all, secret)
      }
    })
  )
})

const failed = Effect.fnUntraced(function* (changes: Record<string, string>) {
  const { cwd, env } = yield* surroundings
  const { code, stderr, stdout } = yield* ranToItsEnd(["serve"], { cwd, env: { ...env, ...changes } })
  assert.deepStrictEqual([code, stdout], [1, ""], stderr)
  assert.notMatch(stderr, /^\s+at /m)
  return stderr
})

describe("settings that are not usable", () => {
  it.scopedLive("are told all at once, without secrets", () =>
    Effect.gen(function* () {
      const stderr = yield* failed({
        VERIFYHUMAN_ENVIRONMENT: "live",
        AUTH_JWT_SECRET: "too-short-a-secret",
        ADMIN_TOKENS: "another-short-secret",
        DATABASE_URL: "mysql://ada:password-of-ada@localhost/a"
      })
      assert.deepStrictEqual(stderr.split("\n"), [
        "The settings are not usable:",
        "  VERIFYHUMAN_API_KEY: expected your private key; it is required in test and live",
        "  VERIFYHUMAN_WEBHOOK_SECRETS: expected one or more secrets, separated by commas; it is required in test and live",
        "  DATABASE_URL: expected sqlite:PATH, sqlite::memory: or postgres://USER:PASSWORD@HOST:PORT/DATABASE",
        "  AUTH_JWT_SECRET: expected a secret of at least 32 bytes",
        "  ADMIN_TOKENS: expected a comma-separated list of tokens, each of at least 32 letters, digits and -._~+/",
        ""
      ])
    })
  )

  it.scopedLive("are the sandbox in production", () =>
    Effect.gen(function* () {
      assert.include(
        yield* failed({ NODE_ENV: "production" }),
        "VERIFYHUMAN_ENVIRONMENT: expected test or live, because NODE_ENV is production"
      )
    })
  )

  it.scopedLive("are a .env file that cannot be understood", () =>
    Effect.gen(function* () {
      const { cwd, env } = yield* surroundings
      writeFileSync(join(cwd, ".env"), "LOG_LEVEL=info\nvhk_live_secret\n")
      const { code, stderr } = yield* ranToItsEnd([], { cwd, env })
      assert.strictEqual(code, 1)
      assert.strictEqual(
        stderr,
        "The settings are not usable:\n  .env: expected NAME=value in line 2; a value that begins with # or a quote stands in quotes\n"
      )
    })
  )

  it.scopedLive("are a behaviour of the sandbox that does not exist", () =>
    Effect.gen(function* () {
      const stderr = yield* failed({ SANDBOX_BEHAVIOUR: "kind" })
      assert.match(stderr, /^SANDBOX_BEHAVIOUR: expected a comma-separated list of late=SECONDS, [^\n]+\n$/)
    })
  )
})

describe("an address that cannot be listened on", () => {
  it.scopedLive.each([{ setting: "PORT" }, { setting: "SANDBOX_PORT" }])("$setting in use", ({ setting }) =>
    Effect.gen(function* () {
      const port = yield* heldPort
      assert.strictEqual(
        yield* failed({ [setting]: String(port) }),
        `${setting}: port ${port} on 127.0.0.1 is in use by another program\n`
      )
    })
  )

  it.scopedLive("HOST of another machine", () =>
    Effect.gen(function* () {
      assert.strictEqual(
        yield* failed({ HOST: "192.0.2.1" }),
        "HOST: 192.0.2.1 is not an address of this machine\n"
      )
    })
  )
})

describe("a database that cannot be used", () => {
  const told = (url: string) =>
    new RegExp(`^DATABASE_URL: cannot use ${url.replace(/[.]/g, "\\.")}: [^\\n]+\\n$`)

  it.scopedLive.each([
    { what: "in a directory that nobody can write to", url: "sqlite:/sys/verifyhuman-dropin.db" },
    { what: "in a directory that cannot be made", url: "sqlite:/sys/verifyhuman-dropin/a.db" },
    { what: "in a file", url: "sqlite:text.db/a.db" },
    { what: "a directory", url: "sqlite:directory" },
    { what: "another file", url: "sqlite:text.db" }
  ])("$what", ({ url }) =>
    Effect.gen(function* () {
      const { cwd, env } = yield* surroundings
      mkdirSync(join(cwd, "directory"))
      writeFileSync(join(cwd, "text.db"), "This is a text, and no database.\n".repeat(100))
      const { code, stderr, stdout } = yield* ranToItsEnd([], { cwd, env: { ...env, DATABASE_URL: url } })
      assert.deepStrictEqual([code, stdout], [1, ""])
      assert.match(stderr, told(url))
    })
  )
})
