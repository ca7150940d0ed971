import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import type { RequestListener } from "node:http"
import { join } from "node:path"
import { assert, beforeAll, describe, it } from "@effect/vitest"
import Database from "better-sqlite3"
import { Effect } from "effect"
import { builtBundle } from "../e2e/bundle.js"
import { freePort, scratchDirectory } from "../e2e/process.js"
import { adminToken, jwtSecret } from "../http/harness.js"
import { listening } from "../http/listening.js"
import { ask, emptyDatabase } from "../postgres/database.js"
import { ranToItsEnd } from "./commandLine.js"
import { aPlace, aSandbox, hidden } from "./sandboxService.js"

beforeAll(() => Effect.runPromise(builtBundle), 180_000)

interface Finding {
  readonly check: string
  readonly result: "ok" | "warning" | "failed" | "skipped"
  readonly message: string
  readonly advice: string | null
}

const keys = {
  VERIFYHUMAN_API_KEY: "vhk_test_of_the_doctor",
  VERIFYHUMAN_CLIENT_KEY: "pk_of_the_doctor"
}

const secretsOfTheDoctor = [...Object.values(keys), "whsec_of_the_doctor", jwtSecret, ...hidden]

/** Runs it against a provider of the test's own; what it found, by check. */
const examined = Effect.fnUntraced(function* (
  changes: Readonly<Record<string, string>> = {},
  cwd?: string,
  args: ReadonlyArray<string> = []
) {
  const env: Record<string, string> = {
    VERIFYHUMAN_ENVIRONMENT: "test",
    VERIFYHUMAN_WEBHOOK_SECRETS: "whsec_of_the_doctor",
    AUTH_JWT_SECRET: jwtSecret,
    APP_REDIRECT_URL: "myapp://verified",
    DATABASE_URL: "sqlite::memory:",
    PORT: String(yield* freePort),
    ...keys,
    ...changes
  }
  const ran = yield* ranToItsEnd(["doctor", "--json", ...args], {
    cwd: cwd ?? (yield* scratchDirectory),
    env
  })
  for (const secret of secretsOfTheDoctor) assert.notInclude(ran.stdout + ran.stderr, secret)
  const { failed, findings, warnings } = JSON.parse(ran.stdout) as {
    readonly failed: number
    readonly warnings: number
    readonly findings: ReadonlyArray<Finding>
  }
  const count = (result: string) => findings.filter((finding) => finding.result === result).length
  assert.deepStrictEqual([failed, warnings], [count("failed"), count("warning")])
  assert.strictEqual(ran.code, failed === 0 ? 0 : 1)
  return {
    findings,
    of: (check: string) => findings.find((finding) => finding.check === check),
    resultOf: (check: string) => findings.find((finding) => finding.check === check)?.result
  }
})

/** A provider whose clock is ahead, and which answers this to who asks for a status. */
const aProvider = (statusAnswer = 404, ahead = 0) => {
  const listener: RequestListener = (request, response) => {
    const isStatus = request.url?.startsWith("/api/mobile/v1/") === true
    response
      .setHeader("date", new Date(Date.now() + ahead * 1000).toUTCString())
      .writeHead(isStatus ? statusAnswer : 302, { "content-type": "application/json" })
      .end("{}")
  }
  return listening(listener)
}

describe("doctor", () => {
  it.scopedLive("finds nothing wrong where nothing is, and prints lines for people", () =>
    Effect.gen(function* () {
      const provider = yield* aProvider()
      const { findings, of } = yield* examined({ VERIFYHUMAN_BASE_URL: provider })
      assert.deepStrictEqual(
        findings.map(({ check, result }) => [check, result]),
        [
          ["settings", "ok"],
          ["database", "warning"],
          ["clock", "ok"],
          ["provider", "ok"],
          ["API key", "skipped"],
          ["client key", "ok"],
          ["redirect", "ok"],
          ["key set", "skipped"],
          ["actions", "skipped"],
          ["service", "warning"]
        ]
      )
      assert.include(of("API key")?.message, "only a start can tell")
      const cwd = yield* scratchDirectory
      const lines = yield* ranToItsEnd(["doctor"], { cwd, env: { PORT: "1", SANDBOX_PORT: "2" } })
      assert.strictEqual(lines.code, 0)
      assert.match(lines.stdout, /^ok {7}settings {6}are usable, for the environment sandbox$/m)
      assert.match(
        lines.stdout,
        /^warning {2}service {7}none can be reached at http:\/\/localhost:1: [^\n]+$/m
      )
      assert.notInclude(lines.stdout, "\u001b")
    })
  )

  it.scopedLive("lists every problem and every warning of the settings", () =>
    Effect.gen(function* () {
      const { findings } = yield* examined({
        VERIFYHUMAN_API_KEY: "",
        AUTH_JWT_SECRET: "short-secret",
        PORT: "none"
      })
      assert.deepStrictEqual(
        findings.map(({ check, message, result }) => `${result} ${check}: ${message.split(" ")[0]}`),
        [
          "failed settings: PORT",
          "failed settings: VERIFYHUMAN_API_KEY",
          "failed settings: AUTH_JWT_SECRET",
          "warning database: is",
          "skipped service: the"
        ]
      )
      const provider = yield* aProvider()
      const warned = yield* examined({
        VERIFYHUMAN_BASE_URL: provider,
        AUTH_JWKS_URL: "http://login.invalid/jwks.json"
      })
      const [, warning] = warned.findings
      assert.deepInclude(warning, { check: "settings", result: "warning" })
      assert.include(warning?.message, "AUTH_JWKS_URL is plain http")
      assert.strictEqual(warned.resultOf("key set"), "failed")
    })
  )

  it.scopedLive.each([
    { ahead: 0, result: "ok" },
    { ahead: 100, result: "warning" },
    { ahead: -1000, result: "failed" }
  ])("compares the clock: $ahead s are $result", ({ ahead, result }) =>
    Effect.gen(function* () {
      const provider = yield* aProvider(404, ahead)
      const { of, resultOf } = yield* examined({ VERIFYHUMAN_BASE_URL: provider })
      assert.strictEqual(resultOf("clock"), result)
      if (ahead !== 0) assert.match(of("clock")?.message ?? "", ahead > 0 ? /\d+ s behind/ : /\d+ s ahead/)
    })
  )

  it.scopedLive.each([
    { answer: 200, result: "ok" },
    { answer: 401, result: "failed" },
    { answer: 403, result: "failed" },
    { answer: 402, result: "warning" },
    { answer: 500, result: "skipped" },
    { answer: 418, result: "skipped" }
  ])("asks with the client key: $answer is $result", ({ answer, result }) =>
    Effect.gen(function* () {
      const provider = yield* aProvider(answer)
      const { resultOf } = yield* examined({ VERIFYHUMAN_BASE_URL: provider })
      assert.strictEqual(resultOf("client key"), result)
    })
  )

  it.scopedLive("fails where the provider cannot be reached", () =>
    Effect.gen(function* () {
      const { of, resultOf } = yield* examined({
        VERIFYHUMAN_BASE_URL: `http://127.0.0.1:${yield* freePort}`,
        VERIFYHUMAN_CLIENT_KEY: ""
      })
      assert.strictEqual(resultOf("provider"), "failed")
      assert.include(of("provider")?.message, "nobody listens there")
      assert.deepStrictEqual([resultOf("clock"), resultOf("client key")], ["skipped", "skipped"])
    })
  )

  it.scopedLive("looks at redirects, the key set and the host of actions", () =>
    Effect.gen(function* () {
      const VERIFYHUMAN_BASE_URL = yield* aProvider()
      const keySets = yield* listening((request, response) => {
        const bodies: Readonly<Record<string, string>> = {
          "/good": '{"keys":[{"kty":"OKP"}]}',
          "/empty": '{"keys":[]}'
        }
        const body = bodies[request.url ?? ""]
        response.writeHead(body === undefined ? 404 : 200).end(body)
      })
      const results = Effect.fnUntraced(function* (changes: Readonly<Record<string, string>>) {
        const { resultOf } = yield* examined({ VERIFYHUMAN_BASE_URL, ...changes })
        return ["redirect", "key set", "actions"].map(resultOf)
      })
      const actionSecret = `whsec_${Buffer.alloc(32, "k").toString("base64")}`
      const actions = (url: string) => ({ ACTION_WEBHOOK_URL: url, ACTION_WEBHOOK_SECRETS: actionSecret })
      assert.deepStrictEqual(
        yield* results({
          APP_REDIRECT_URL: "https://app.example/done",
          REDIRECT_URL_ALLOWLIST: "https://app.example",
          AUTH_JWKS_URL: `${keySets}/good`,
          ...actions("http://127.0.0.1:9/hook")
        }),
        ["ok", "ok", "ok"]
      )
      assert.deepStrictEqual(
        yield* results({
          APP_REDIRECT_URL: "https://app.example/done",
          REDIRECT_URL_ALLOWLIST: "https://other.example",
          AUTH_JWKS_URL: `${keySets}/none`,
          ...actions("http://nothing.invalid/hook")
        }),
        ["failed", "failed", "failed"]
      )
      assert.deepStrictEqual(
        yield* results({ APP_REDIRECT_URL: "http://localhost:3000/done", AUTH_JWKS_URL: `${keySets}/empty` }),
        ["warning", "warning", "skipped"]
      )
      assert.deepStrictEqual(yield* results({ APP_REDIRECT_URL: "" }), ["warning", "skipped", "skipped"])
    })
  )
})

const otherwise = "UPDATE schema_migrations SET name = 'otherwise' WHERE migration_id = 1"
const newer = "INSERT INTO schema_migrations (migration_id, name) VALUES (9999, 'of_the_future')"

describe("doctor and the database", () => {
  const stateOf = Effect.fnUntraced(function* (url: string, cwd?: string) {
    const { of } = yield* examined({ DATABASE_URL: url, VERIFYHUMAN_ENVIRONMENT: "sandbox" }, cwd)
    return of("database")
  })

  it.scopedLive("a file: how far it is, without a change to it", () =>
    Effect.gen(function* () {
      const cwd = yield* scratchDirectory
      const url = "sqlite:data/a.db"
      const file = join(cwd, "data/a.db")
      assert.deepInclude(yield* stateOf(url, cwd), { result: "ok" })
      assert.isFalse(existsSync(join(cwd, "data")))

      mkdirSync(join(cwd, "data"))
      const edit = (statement?: string) => {
        const database = new Database(file)
        if (statement === undefined) database.pragma("user_version = 1")
        else database.exec(statement)
        database.close()
      }
      edit()
      assert.include((yield* stateOf(url, cwd))?.message, "is empty")

      const migrated = yield* ranToItsEnd(["migrate"], { cwd, env: { DATABASE_URL: url } })
      assert.strictEqual(migrated.code, 0)
      const before = readFileSync(file)
      const fine = yield* stateOf(url, cwd)
      assert.deepInclude(fine, { result: "ok" })
      assert.include(fine?.message, "up to date")
      assert.isTrue(readFileSync(file).equals(before))

      edit(otherwise)
      const foreign = yield* stateOf(url, cwd)
      assert.deepInclude(foreign, { result: "failed" })
      assert.include(foreign?.message, "0001_otherwise")
      edit("UPDATE schema_migrations SET name = 'tables' WHERE migration_id = 1")

      edit(newer)
      const future = yield* stateOf(url, cwd)
      assert.deepInclude(future, { result: "failed" })
      assert.include(future?.message, "has schema 9999")

      edit("UPDATE schema_migrations SET migration_id = -migration_id")
      const old = yield* stateOf(url, cwd)
      assert.deepInclude(old, { result: "warning" })
      assert.include(old?.advice, "verifyhuman-dropin migrate")

      writeFileSync(join(cwd, "text.db"), "This is a text, and no database.\n".repeat(100))
      assert.deepInclude(yield* stateOf("sqlite:text.db", cwd), { result: "failed" })
      assert.notInclude(readdirSync(cwd), "text.db-wal")
    })
  )

  it.scopedLive("PostgreSQL: how far it is, without a change to it", () =>
    Effect.gen(function* () {
      const database = yield* emptyDatabase
      assert.deepInclude(yield* stateOf(database), { result: "ok" })
      const tables = ask(database, "SELECT to_regclass('schema_migrations') AS found")
      assert.deepStrictEqual(yield* tables, [{ found: null }])
      const cwd = yield* scratchDirectory
      const migrated = yield* ranToItsEnd(["migrate"], { cwd, env: { DATABASE_URL: database } })
      assert.strictEqual(migrated.code, 0)
      assert.include((yield* stateOf(database))?.message, "up to date")
      yield* ask(database, newer)
      assert.include((yield* stateOf(database))?.message, "has schema 9999")
      yield* ask(database, otherwise)
      assert.include((yield* stateOf(database))?.message, "0001_otherwise")

      const nowhere = new URL(database)
      nowhere.password = "a-secret-of-the-database"
      nowhere.port = String(yield* freePort)
      const away = yield* stateOf(nowhere.href)
      assert.deepInclude(away, { result: "failed" })
      assert.include(away?.message, "DATABASE_URL: cannot use postgres://127.0.0.1:")
      assert.notInclude(JSON.stringify(away), "a-secret-of-the-database")
    })
  )
})

describe("doctor and a running service", () => {
  it.scopedLive(
    "tells what an operator would see",
    () =>
      Effect.gen(function* () {
        const { json, run, start } = yield* aSandbox()
        const found = Effect.fnUntraced(function* (changes: Readonly<Record<string, string>> = {}) {
          const { stdout } = yield* run(["doctor", "--json"], changes)
          const { findings } = JSON.parse(stdout) as { readonly findings: ReadonlyArray<Finding> }
          return new Map(findings.map((finding) => [finding.check, finding]))
        })
        const quiet = yield* json(["doctor", "--json"])
        assert.deepStrictEqual(
          quiet.findings.slice(-6).map(({ check, result }: Finding) => [check, result]),
          [
            ["service", "ok"],
            ["matching", "skipped"],
            ["requests", "ok"],
            ["outbox", "ok"],
            ["deliveries", "ok"],
            ["poller", "ok"]
          ]
        )
        yield* run(["trigger"])
        assert.strictEqual((yield* found()).get("matching")?.result, "warning")
        yield* run(["trigger"])
        yield* run(["trigger"])
        yield* run(["trigger", "--wrong-secret"])
        const lost = yield* found()
        assert.deepInclude(lost.get("matching"), {
          result: "failed",
          message: "3 of the last 3 events matched no session (100 %)"
        })
        assert.strictEqual(lost.get("deliveries")?.result, "warning")
        yield* run(["trigger", "--token-ref", (yield* start("ada")).token])
        assert.deepInclude((yield* found()).get("matching"), {
          result: "warning",
          message: "3 of the last 4 events matched no session (75 %)"
        })

        const without = yield* found({ ADMIN_TOKENS: "", ADMIN_READ_TOKENS: "" })
        assert.strictEqual(without.get("operator")?.result, "skipped")
        const wrong = yield* found({ ADMIN_TOKEN: `wrong-${adminToken}` })
        assert.strictEqual(wrong.get("operator")?.result, "failed")
        assert.include(wrong.get("operator")?.message, "does not accept this token")
      }),
    120_000
  )

  it.scopedLive.each([
    { status: 503, told: "is not ready" },
    { status: 404, told: "answers 404 to /health/ready" },
    { status: 200, told: "answers 200 to /health/ready" }
  ])("fails where it answers $status: $told", ({ status, told }) =>
    Effect.gen(function* () {
      const { run } = yield* aPlace
      const url = yield* listening((_, response) => response.writeHead(status).end("{}"))
      const { code, stdout } = yield* run(["doctor", "--json", "--url", url])
      assert.strictEqual(code, 1)
      const { findings } = JSON.parse(stdout) as { readonly findings: ReadonlyArray<Finding> }
      const finding = findings.find(({ check }) => check === "service")
      assert.deepInclude(finding, { result: "failed" })
      assert.include(finding?.message, told)
    })
  )
})
