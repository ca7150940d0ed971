import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import pg from "pg"
import { ask as request } from "../http/harness.js"
import { ask, emptyDatabase } from "../postgres/database.js"
import { aPhoneThatFollows, isPassed } from "./following.js"
import { aNodeStarter } from "./node.js"
import { aProxy } from "./proxy.js"
import { aSession, eventually, untilDone } from "./requests.js"

const channel = "verifyhuman_dropin_sessions"
const feeds =
  "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE '% feed'"

/** What is notified from now on. */
const overheard = (database: string) =>
  Effect.gen(function* () {
    const payloads: Array<string> = []
    yield* Effect.acquireRelease(
      Effect.promise(async () => {
        const client = new pg.Client({ connectionString: database })
        client.on("error", () => undefined)
        client.on("notification", ({ payload = "" }) => payloads.push(payload))
        await client.connect()
        await client.query(`LISTEN ${channel}`)
        return client
      }),
      (client) => Effect.promise(() => client.end())
    )
    return payloads
  })

/** Only a notification tells a phone here: the node finds nothing when it looks for itself. */
const isLook = (statement: string) => statement.includes("SELECT session_ref, sequence FROM sessions")

/** Two nodes over one database, the first through a proxy. */
const twoNodes = Effect.gen(function* () {
  const database = yield* emptyDatabase
  const proxy = yield* aProxy(database)
  const serve = yield* aNodeStarter
  const [here, there] = yield* Effect.all([serve(proxy.url), serve(database)], { concurrency: 2 })
  return { database, proxy, here, there }
})

describe("phones at one node, webhooks at another", () => {
  it.scopedLive(
    "are brought together by a notification that holds a reference and nothing else",
    () =>
      Effect.gen(function* () {
        const { database, here, proxy, there } = yield* twoNodes
        yield* proxy.treat((statement) => (isLook(statement) ? "refuse" : "pass"))
        const streamed = yield* here.at(aSession)
        const held = yield* here.at(aSession)
        const payloads = yield* overheard(database)

        const stream = yield* aPhoneThatFollows(here, streamed)
        const wait = yield* request(`/api/verify-status?session_ref=${held.sessionRef}`, {
          headers: { ...held.user, prefer: "wait=30" }
        }).pipe(here.at, Effect.fork)
        yield* eventually(
          "both have their places",
          Effect.map(ask(database, "SELECT 1 FROM wait_slots"), (rows) => rows.length === 2)
        )
        yield* there.at(untilDone(streamed.pass))
        yield* there.at(untilDone(held.pass))
        assert.match(yield* stream.until(isPassed), isPassed)
        const answer = yield* Fiber.join(wait).pipe(Effect.timeout("20 seconds"))
        assert.deepStrictEqual([answer.status, answer.json.status], [200, "pass"])

        assert.includeMembers(payloads, [streamed.sessionRef, held.sessionRef])
        for (const payload of payloads) assert.match(payload, /^(?:vs_)?[\w-]{32}$/)
      }),
    90_000
  )

  it.scopedLive(
    "are brought together when the listening connection was cut meanwhile",
    () =>
      Effect.gen(function* () {
        const { database, here, proxy, there } = yield* twoNodes
        const session = yield* here.at(aSession)
        const stream = yield* aPhoneThatFollows(here, session)

        yield* proxy.treat((statement) =>
          isLook(statement) ? "refuse" : /^STARTUP .* feed/.test(statement) ? "cut" : "pass"
        )
        yield* eventually(
          "both listen",
          Effect.map(ask(database, feeds), (rows) => rows.length === 2)
        )
        yield* ask(database, feeds.replace("pid", "pg_terminate_backend(pid)"))
        yield* eventually(
          "one listens",
          Effect.map(ask(database, feeds), (rows) => rows.length === 1)
        )
        yield* there.at(untilDone(session.pass))
        yield* proxy.treat(() => "pass")
        assert.match(yield* stream.until(isPassed), isPassed)
        assert.strictEqual(here.said("LISTEN does not work"), 0)
      }),
    90_000
  )
})
