import { NodeContext } from "@effect/platform-node"
import { SqlClient } from "@effect/sql"
import { assert, describe, layer as sharing } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { sqliteClient } from "../../src/storage/SqliteDatabase.js"
import { type Overheard, overheard } from "./overheard.js"
import type { Asked } from "./statements.js"

const asked: Asked = {
  slot: { environment: "test", userId: "u", fingerprint: "f" },
  sessionRef: "vs_x",
  eventId: "ev_x",
  actionId: "msg_x",
  keyHash: "k",
  hashes: ["a", "b"],
  before: { at: 2, id: "x" },
  now: 1,
  bodies: 1,
  daily: 1
}

const planOf = Effect.fnUntraced(function* ({ name, parameters, text }: Overheard) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql.unsafe<{ detail: string }>(`EXPLAIN QUERY PLAN ${text}`, parameters)
  return rows.map(({ detail }) => ({ name, detail }))
})

describe("SQLite finds rows by index", () => {
  sharing(sqliteClient(":memory:").pipe(Layer.provide(NodeContext.layer)))((it) => {
    it.effect("for every read, claim and purge", () =>
      Effect.gen(function* () {
        const heard = yield* overheard(asked)
        const steps = (yield* Effect.forEach(heard, planOf)).flat()
        const detailsWhere = (holds: (detail: string) => boolean) =>
          steps.filter(({ detail }) => holds(detail))
        assert.deepStrictEqual(
          detailsWhere(
            (detail) => detail.startsWith("SCAN ") && !/^SCAN (json_each|due|looked)\b/.test(detail)
          ),
          // Its first rows in the order of the index are the page.
          [{ name: "audit.list from the first", detail: "SCAN audit USING INDEX audit_by_age" }]
        )
        // Of one session, in events.ofSession and actions.attemptsOf; of one identifier, in events.waiting.
        assert.deepStrictEqual(
          detailsWhere((detail) => detail.includes("FOR ORDER BY")).map(({ name }) => name),
          ["events.ofSession", "events.waiting", "actions.attemptsOf", "audit.ofTargets"]
        )
      })
    )
  })
})
