import { join } from "node:path"
import { NodeContext } from "@effect/platform-node"
import { SqlClient } from "@effect/sql"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { Records } from "../../src/operators/Records.js"
import { SessionRepository } from "../../src/sessions/SessionRepository.js"
import { postgresClient, postgresStatements } from "../../src/storage/PostgresDatabase.js"
import { sqliteClient, sqliteStatements } from "../../src/storage/SqliteDatabase.js"
import type { Tables } from "../../src/storage/Tables.js"
import { scratchDirectory } from "../e2e/process.js"
import { emptyDatabase, postgresOptions } from "../postgres/database.js"
import { admit, aHostedSession, unique } from "../suites/fixtures.js"
import { testPorts } from "../suites/storage.js"

/** There, each verdict of a session had a row of its own. */
const backToTheFirstSchema = [
  "ALTER TABLE past_verdicts RENAME TO verdicts",
  `INSERT INTO verdicts SELECT session_ref, sequence, status, reason, caused_by, updated_at FROM sessions
    WHERE sequence > 0`,
  "ALTER TABLE sessions DROP COLUMN caused_by",
  "DELETE FROM schema_migrations WHERE migration_id > 1"
]

const run = (statement: string) => Effect.flatMap(SqlClient.SqlClient, (sql) => sql.unsafe(statement))

const sessions = Effect.gen(function* () {
  const passed = yield* aHostedSession
  const reviewed = yield* aHostedSession
  const expired = yield* aHostedSession
  yield* admit({ token: passed.token })
  const verificationId = unique("ver_")
  yield* admit({ token: reviewed.token, verificationId, status: "PENDING" })
  yield* admit({ token: reviewed.token, verificationId, status: "PASS" })
  const repository = yield* SessionRepository
  yield* repository.expire(Date.UTC(2030, 0), 100)
  const untouched = yield* aHostedSession
  return [untouched, passed, reviewed, expired].map(({ sessionRef }) => sessionRef)
})

const recordsOf = (refs: ReadonlyArray<string>) =>
  Effect.flatMap(Records, (records) => Effect.forEach(refs, records.session))

/** On a database that is the same each time that the layer is built. */
const tellsTheSame = <E>(database: Layer.Layer<Tables | SqlClient.SqlClient, E>) =>
  Effect.gen(function* () {
    const onIt = Layer.provideMerge(testPorts, database)
    const { before, refs } = yield* Effect.gen(function* () {
      const refs = yield* sessions
      const before = yield* recordsOf(refs)
      yield* Effect.forEach(backToTheFirstSchema, run)
      return { before, refs }
    }).pipe(Effect.provide(onIt))
    assert.deepStrictEqual(
      before.map(({ events, verdicts }) =>
        verdicts.map(({ eventId, verdict }) => [
          verdict.reason ?? verdict.status,
          events.find(({ id }) => id === eventId)?.providerStatus
        ])
      ),
      [
        [],
        [["pass", "PASS"]],
        [
          ["in_review", "PENDING"],
          ["pass", "PASS"]
        ],
        [["expired", undefined]]
      ]
    )
    const { after, past } = yield* Effect.gen(function* () {
      return { after: yield* recordsOf(refs), past: yield* run("SELECT sequence, reason FROM past_verdicts") }
    }).pipe(Effect.provide(onIt))
    assert.deepStrictEqual(after, before)
    assert.deepStrictEqual(past, [{ sequence: 1, reason: "in_review" }])
  })

describe("a database of the first schema tells of each session what it told before", () => {
  it.scoped("on SQLite", () =>
    Effect.flatMap(scratchDirectory, (directory) => {
      const file = join(directory, "test.db")
      return tellsTheSame(
        Layer.provideMerge(sqliteStatements(file), sqliteClient(file)).pipe(Layer.provide(NodeContext.layer))
      )
    })
  )

  it.scopedLive("on PostgreSQL", () =>
    Effect.flatMap(emptyDatabase, (url) => {
      const options = postgresOptions(url)
      return tellsTheSame(Layer.provideMerge(postgresStatements(options), postgresClient(options)))
    })
  )
})
