import { NodeContext } from "@effect/platform-node"
import { SqlClient, type Statement } from "@effect/sql"
import { assert, describe, layer as sharing } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { sqliteClient } from "../../src/storage/SqliteDatabase.js"
import { actionsSql } from "../../src/storage/sql/ActionsSql.js"
import { auditSql } from "../../src/storage/sql/AuditSql.js"
import { eventsSql } from "../../src/storage/sql/EventsSql.js"
import { idempotencySql } from "../../src/storage/sql/IdempotencySql.js"
import { identifiersSql } from "../../src/storage/sql/IdentifiersSql.js"
import { pollsSql } from "../../src/storage/sql/PollsSql.js"
import { sessionsSql } from "../../src/storage/sql/SessionsSql.js"
import { startsSql } from "../../src/storage/sql/StartsSql.js"
import { verdictsSql } from "../../src/storage/sql/VerdictsSql.js"

const user = { environment: "test", userId: "u" } as const
const slot = { ...user, fingerprint: "f" }
const before = { at: 2, id: "x" }

/** Every read, claim and purge; each is to find its rows by an index, however many there are. */
const readsOf = (sql: SqlClient.SqlClient): Readonly<Record<string, Effect.Effect<unknown, unknown>>> => {
  const sessions = sessionsSql(sql)
  const starts = startsSql(sql)
  const idempotency = idempotencySql(sql)
  const events = eventsSql(sql)
  const actions = actionsSql(sql)
  return {
    "sessions.find": sessions.find("vs_x"),
    "sessions.findOpen": sessions.findOpen(slot),
    "sessions.list": sessions.list(user, before, 10),
    "sessions.due": sessions.due("test", 1, 10),
    "sessions.countExpiredWithoutEvent": sessions.countExpiredWithoutEvent("test"),
    "starts.find": starts.find("vs_x"),
    "starts.findReserved": starts.findReserved(slot),
    "starts.end": starts.end("vs_x", { state: "failed", failure: null, retryAfterMillis: null }),
    "starts.since": starts.since(user, 1),
    "starts.deleteOfUser": starts.deleteOfUser(user),
    "starts.purge": starts.purge(1, 10),
    "idempotency.find": idempotency.find(user, "k"),
    "idempotency.release": idempotency.release("vs_x"),
    "idempotency.complete": idempotency.complete("vs_x", 200),
    "idempotency.deleteOfUser": idempotency.deleteOfUser(user),
    "idempotency.purge": idempotency.purge(1, 10),
    "identifiers.find": identifiersSql(sql).find("test", ["a", "b"]),
    "identifiers.deleteOf": identifiersSql(sql).deleteOf("vs_x"),
    "events.find": events.find("ev_x"),
    "events.counting": events.counting("vs_x"),
    "events.ofSession": events.ofSession("vs_x"),
    "events.list": events.list("test", null, before, 10),
    "events.list by state": events.list("test", "unmatched", before, 10),
    "events.count": events.count("test", "unmatched"),
    "events.eraseBodies": events.eraseBodies(1, 10),
    "events.candidatesOf": events.candidatesOf("ev_x"),
    "events.deleteCandidates": events.deleteCandidates("ev_x"),
    "events.carries": events.carries("test", "a"),
    "events.waiting": events.waiting("test", ["a", "b"]),
    "verdicts.ofSession": verdictsSql(sql).ofSession("vs_x"),
    "verdicts.deleteOf": verdictsSql(sql).deleteOf("vs_x"),
    "actions.find": actions.find("msg_x"),
    "actions.claim": actions.claim(1, 2, 10),
    "actions.redrive": actions.redrive("msg_x", 1),
    "actions.list": actions.list("test", null, before, 10),
    "actions.list by state": actions.list("test", "dead", before, 10),
    "actions.count": actions.count("test", "dead"),
    "actions.ofSession": actions.ofSession("vs_x"),
    "actions.deleteOf": actions.deleteOf("vs_x"),
    "actions.attemptsOf": actions.attemptsOf("vs_x"),
    "actions.purgeAttempts": actions.purgeAttempts(1, 10),
    "polls.claim": pollsSql(sql).claim(["verifyage", "verifyidentity"], 1, 2, 10),
    "polls.delete": pollsSql(sql).delete("vs_x"),
    "audit.list": auditSql(sql).list(before, 10)
  }
}

/** The same client, which tells what it is asked. */
const overheard = (sql: SqlClient.SqlClient, told: Array<Statement.Statement<object>>) =>
  new Proxy(sql, {
    apply: (target, self, args) => {
      const made = Reflect.apply(target, self, args)
      if (Array.isArray(args[0])) told.push(made)
      return made
    }
  })

const isWhole = (text: string) => /^\s*(SELECT|INSERT|UPDATE|DELETE)\b/.test(text)

const planOf = Effect.fnUntraced(function* (statement: Statement.Statement<object>) {
  const sql = yield* SqlClient.SqlClient
  const [text, parameters] = statement.compile()
  if (!isWhole(text)) return []
  const rows = yield* sql.unsafe<{ detail: string }>(`EXPLAIN QUERY PLAN ${text}`, parameters)
  return rows.map(({ detail }) => detail)
})

describe("SQLite finds rows by index", () => {
  sharing(sqliteClient(":memory:").pipe(Layer.provide(NodeContext.layer)))((it) => {
    it.effect("for every read, claim and purge", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const told: Array<Statement.Statement<object>> = []
        for (const [name, read] of Object.entries(readsOf(overheard(sql, told)))) {
          yield* read
          assert.isNotEmpty(told, name)
        }
        const plans = yield* Effect.forEach(told, planOf)
        const steps = plans.flat()
        assert.isNotEmpty(steps)
        assert.deepStrictEqual(
          steps.filter((step) => step.startsWith("SCAN ") && !step.startsWith("SCAN json_each ")),
          []
        )
        // Of one session, in events.ofSession and actions.attemptsOf; of one identifier, in events.waiting.
        assert.lengthOf(
          steps.filter((step) => step.includes("FOR ORDER BY")),
          3
        )
      })
    )
  })
})
