import { join } from "node:path"
import { NodeContext } from "@effect/platform-node"
import { assert } from "@effect/vitest"
import Database from "better-sqlite3"
import { ConfigProvider, Context, Effect, Layer, Logger, LogLevel } from "effect"
import { serviceLayer } from "../../src/Service.js"
import { Settings } from "../../src/settings/Settings.js"
import { aToken, jwtSecret } from "../http/harness.js"
import { type Answer, request } from "../sandbox/harness.js"
import { followWire } from "../sandbox/wireFeed.js"
import { freePort, scratchDirectory } from "./process.js"

/** The whole service in this process, on ports and with a database file of its own. */
export class Running extends Context.Tag("test/Running")<
  Running,
  { readonly url: string; readonly sandboxUrl: string; readonly database: string }
>() {}

const whole = Layer.provide(serviceLayer, Settings.layer)

export const running = (variables: Readonly<Record<string, string>> = {}) =>
  Layer.scoped(
    Running,
    Effect.gen(function* () {
      const database = join(yield* scratchDirectory, "service.db")
      const port = yield* freePort
      const sandboxPort = yield* freePort
      const configuration = {
        PORT: String(port),
        SANDBOX_PORT: String(sandboxPort),
        DATABASE_URL: `sqlite:${database}`,
        AUTH_JWT_SECRET: jwtSecret,
        START_LIMIT: "100 per hour",
        ...variables
      }
      yield* Layer.build(
        whole.pipe(
          Layer.provide([
            Layer.setConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(configuration)))),
            NodeContext.layer,
            Logger.minimumLogLevel(LogLevel.None)
          ])
        )
      )
      return { url: `http://127.0.0.1:${port}`, sandboxUrl: `http://127.0.0.1:${sandboxPort}`, database }
    })
  )

const json = { "content-type": "application/json" }
const send = (method: string, url: string, body: unknown, headers: Record<string, string> = {}) =>
  request(url, { method, headers: { ...json, ...headers }, body: JSON.stringify(body) })

/** A new user's phone: what it asks for, and how it waits for the verdict. */
export const aPhone = Effect.gen(function* () {
  const { url } = yield* Running
  const headers = { authorization: `Bearer ${yield* Effect.promise(() => aToken())}` }
  const start = (body: unknown = {}) => send("POST", `${url}/api/start-verification`, body, headers)
  const status = (sessionRef: string, more: Record<string, string> = {}) =>
    request(`${url}/api/verify-status?session_ref=${sessionRef}`, { headers: { ...headers, ...more } })
  /** Holds on until the verdict is another one than at the start. */
  const verdict = (sessionRef: string) =>
    Effect.map(
      Effect.repeat(status(sessionRef, { prefer: "wait=10", "if-none-match": '"0"' }), {
        until: (answer) => answer.status !== 304
      }),
      (answer) => ({ status: answer.json.status, reason: answer.json.reason })
    )
  return { start, status, verdict }
})

/** A session whose hosted page is open on the phone. */
export const aStarted = Effect.gen(function* () {
  const phone = yield* aPhone
  const started = yield* phone.start()
  assert.strictEqual(started.status, 201, started.text)
  const sessionRef: string = started.json.session_ref
  const token = tokenOf(started)
  return { ...phone, sessionRef, token }
})

export const tokenOf = ({ json }: Answer): string =>
  new URL(json.hosted_verification_url).pathname.split("/").at(-1) ?? ""

export const complete = Effect.fnUntraced(function* (token: string, outcome: string, behaviour = "") {
  const { sandboxUrl } = yield* Running
  const answer = yield* send("POST", `${sandboxUrl}/hosted/complete/${token}`, { outcome, behaviour })
  assert.strictEqual(answer.status, 200, answer.text)
  return answer.json
})

export const setBehaviour = Effect.fnUntraced(function* (behaviour: string) {
  const { sandboxUrl } = yield* Running
  const answer = yield* send("PUT", `${sandboxUrl}/sandbox/behaviour`, { behaviour })
  assert.strictEqual(answer.status, 200, answer.text)
})

/** What the provider sends about a session and what the service answers, as it happens. */
export const deliveriesOf = Effect.fnUntraced(function* (token: string) {
  const { sandboxUrl } = yield* Running
  const { until } = yield* followWire(sandboxUrl)
  return { next: until((entry) => entry.token === token && entry.from === "provider") }
})

export interface KeptEvent {
  readonly state: string
  readonly why: string | null
  readonly provider_status: string | null
  readonly copies: number
}

/** Events as they stand in the file, past the service. */
export const kept = Effect.fnUntraced(function* (column: "session_ref" | "event_id", value: string) {
  const { database } = yield* Running
  const file = new Database(database, { readonly: true, fileMustExist: true })
  const columns = "state, why, provider_status, copies"
  const found = file
    .prepare(`SELECT ${columns} FROM events WHERE ${column} = ? ORDER BY provider_time`)
    .all(value)
  file.close()
  return found as ReadonlyArray<KeptEvent>
})
