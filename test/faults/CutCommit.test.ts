import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { aUser, start, status } from "../http/harness.js"
import { ask, emptyDatabase } from "../postgres/database.js"
import type { Treat } from "./Link.js"
import { aNodeStarter } from "./node.js"
import { aProxy, once } from "./proxy.js"
import { aReceiver } from "./receiver.js"
import { answered, aSession, assertUnavailable, eventually, untilDone } from "./requests.js"

const cuts = [
  { when: "on its way there", cut: "cut" as const, isCommitted: false },
  { when: "on its way back", cut: "cut after" as const, isCommitted: true }
]

/** Cuts the connection at the commit of the transaction that inserts into this table. */
const atCommitOf = (table: string, cut: "cut" | "cut after"): Treat =>
  once((statement, before) =>
    /^\s*COMMIT/i.test(statement) && before.some((earlier) => earlier.includes(`INSERT INTO ${table}`))
      ? cut
      : "pass"
  )

const counted = (database: string, rows: string) =>
  Effect.map(ask(database, `SELECT count(*)::int AS n FROM ${rows}`), ([row]) => row.n as number)

describe("a connection cut in the middle of a commit", () => {
  it.scopedLive(
    "of a webhook: 503, and the next copy finds or makes one verdict and one action",
    () =>
      Effect.gen(function* () {
        const database = yield* emptyDatabase
        const proxy = yield* aProxy(database)
        const receiver = yield* aReceiver
        const node = yield* (yield* aNodeStarter)(proxy.url, receiver.env)
        for (const { cut, isCommitted, when } of cuts) {
          const { pass, sessionRef, user } = yield* node.at(aSession)
          const rows = (table: string) => counted(database, `${table} WHERE session_ref = '${sessionRef}'`)
          yield* proxy.treat(atCommitOf("events", cut))
          assertUnavailable(yield* node.at(answered(pass)))
          assert.strictEqual(yield* rows("events"), isCommitted ? 1 : 0, when)
          assert.strictEqual((yield* node.at(untilDone(pass))).status, 200)

          assert.strictEqual((yield* node.at(untilDone(status(user, sessionRef)))).json.status, "pass")
          yield* eventually(
            "the action arrives",
            Effect.sync(() => receiver.of(sessionRef).length > 0)
          )
          for (const table of ["events", "actions"]) {
            assert.strictEqual(yield* rows(table), 1, `${table} ${when}`)
          }
          assert.strictEqual(yield* rows("past_verdicts"), 0, `one change ${when}`)
        }
        assert.strictEqual(node.said("Request failed"), 0)
      }),
    90_000
  )

  it.scopedLive(
    "of a start: 503, and the next one ends with one open session",
    () =>
      Effect.gen(function* () {
        const database = yield* emptyDatabase
        const proxy = yield* aProxy(database)
        const node = yield* (yield* aNodeStarter)(proxy.url)
        for (const table of ["starts", "sessions"]) {
          for (const { cut, isCommitted, when } of cuts) {
            const user = yield* aUser()
            yield* proxy.treat(atCommitOf(table, cut))
            assertUnavailable(yield* node.at(answered(start(user))))
            const again = yield* node.at(answered(start(user)))
            const { session_ref: sessionRef } = again.json
            assert.strictEqual(again.status, isCommitted && table === "sessions" ? 200 : 201, again.text)

            const ofUser = `(SELECT user_id FROM sessions WHERE session_ref = '${sessionRef}')`
            assert.deepStrictEqual(
              yield* ask(database, `SELECT session_ref, open FROM sessions WHERE user_id = ${ofUser}`),
              [{ session_ref: sessionRef, open: 1 }],
              `${table} ${when}`
            )
            assert.strictEqual((yield* node.at(status(user, sessionRef))).json.status, "pending")
            assert.strictEqual(yield* counted(database, "starts WHERE state = 'reserved'"), 0)
          }
        }
        assert.strictEqual(node.said("Request failed"), 0)
      }),
    90_000
  )
})
