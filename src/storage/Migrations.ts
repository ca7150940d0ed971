import { Migrator, SqlClient } from "@effect/sql"
import { Data, Effect } from "effect"
import tables from "./migrations/0001_tables.js"
import pastVerdicts from "./migrations/0002_past_verdicts.js"

const migrations = { "0001_tables": tables, "0002_past_verdicts": pastVerdicts }
export const schemaTable = "schema_migrations"

const nameByNumber = new Map(Object.keys(migrations).map((name) => [Number.parseInt(name, 10), name]))

/** The schema that this program knows. */
export const newestSchema = Math.max(...nameByNumber.keys())

/** A row of `schemaTable`: a step that brought the database to where it is. */
export interface Step {
  readonly migration_id: number
  readonly name: string
}

const nameOf = (id: number, name: string) => `${String(id).padStart(4, "0")}_${name}`

/** How far these steps brought a database: 0 where there are none. */
export const newestOf = (steps: ReadonlyArray<Step>): number =>
  steps.length === 0 ? 0 : Math.max(...steps.map(({ migration_id }) => migration_id))

/** A step that this program does otherwise under the same number; null where there is none. */
export const foreignStep = (steps: ReadonlyArray<Step>): string | null => {
  for (const { migration_id, name } of steps) {
    const ours = nameByNumber.get(migration_id)
    const theirs = nameOf(migration_id, name)
    if (ours !== undefined && ours !== theirs) return theirs
  }
  return null
}

/** The database was brought further by a newer program, whose data this one may misread. */
export class DatabaseNewer extends Data.TaggedError("DatabaseNewer")<{
  readonly found: number
  readonly known: number
}> {
  override get message() {
    return `it has schema ${this.found}, this program knows ${this.known}: it was used by a newer verifyhuman-dropin; run that one, or restore a backup from before`
  }
}

/** The database was made by another program: one that was never released, or of another line. */
export class DatabaseForeign extends Data.TaggedError("DatabaseForeign")<{ readonly step: string }> {
  override get message() {
    return `its schema has the step ${this.step}, which this program does not know: it was made by a build that was never released, and its data cannot be taken over; begin with an empty database`
  }
}

/** Nodes that start at once follow one another; the others find the work done. */
const alone = Effect.flatMap(SqlClient.SqlClient, (sql) =>
  sql.onDialectOrElse({
    pg: () => sql`SELECT pg_advisory_xact_lock(hashtextextended(${schemaTable}, 0))`,
    orElse: () => Effect.void
  })
)

const isOurs = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  // As the migrator would, which on PostgreSQL cannot make it inside a transaction.
  yield* sql`CREATE TABLE IF NOT EXISTS ${sql(schemaTable)} (
    migration_id INTEGER PRIMARY KEY,
    created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    name TEXT NOT NULL
  )`
  const steps = yield* sql<Step>`SELECT migration_id, name FROM ${sql(schemaTable)}`
  const found = newestOf(steps)
  if (found > newestSchema) return yield* new DatabaseNewer({ found, known: newestSchema })
  const step = foreignStep(steps)
  if (step !== null) return yield* new DatabaseForeign({ step })
})

/** Brings the database to this program's schema, all of it or nothing; the names of the steps that were needed. */
export const migrate = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  return yield* sql.withTransaction(
    Effect.gen(function* () {
      yield* alone
      yield* isOurs
      const done = yield* Migrator.make({})({ loader: Migrator.fromRecord(migrations), table: schemaTable })
      return done.map(([id, name]) => nameOf(id, name))
    })
  )
})
