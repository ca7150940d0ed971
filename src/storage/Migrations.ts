import { Migrator, SqlClient } from "@effect/sql"
import { Data, Effect } from "effect"
import initial from "./migrations/0001_initial.js"

const migrations = { "0001_initial": initial }
export const schemaTable = "schema_migrations"
/** The schema that this program knows. */
export const newestSchema = Math.max(...Object.keys(migrations).map((name) => Number.parseInt(name, 10)))

/** The database was brought further by a newer program, whose data this one may misread. */
export class DatabaseNewer extends Data.TaggedError("DatabaseNewer")<{
  readonly found: number
  readonly known: number
}> {
  override get message() {
    return `it has schema ${this.found}, this program knows ${this.known}: it was used by a newer verifyhuman-dropin; run that one, or restore a backup from before`
  }
}

/** Nodes that start at once follow one another; the others find the work done. */
const alone = Effect.flatMap(SqlClient.SqlClient, (sql) =>
  sql.onDialectOrElse({
    pg: () => sql`SELECT pg_advisory_xact_lock(hashtextextended(${schemaTable}, 0))`,
    orElse: () => Effect.void
  })
)

const notNewer = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  // As the migrator would, which on PostgreSQL cannot make it inside a transaction.
  yield* sql`CREATE TABLE IF NOT EXISTS ${sql(schemaTable)} (
    migration_id INTEGER PRIMARY KEY,
    created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    name TEXT NOT NULL
  )`
  const rows = yield* sql<{
    found: number | null
  }>`SELECT max(migration_id) AS found FROM ${sql(schemaTable)}`
  const found = Number(rows[0]?.found ?? 0)
  if (found > newestSchema) return yield* new DatabaseNewer({ found, known: newestSchema })
})

/** Brings the database to this program's schema, all of it or nothing; the names of the steps that were needed. */
export const migrate = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  return yield* sql.withTransaction(
    Effect.gen(function* () {
      yield* alone
      yield* notNewer
      const done = yield* Migrator.make({})({ loader: Migrator.fromRecord(migrations), table: schemaTable })
      return done.map(([id, name]) => `${String(id).padStart(4, "0")}_${name}`)
    })
  )
})
