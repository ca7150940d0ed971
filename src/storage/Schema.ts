import { FileSystem } from "@effect/platform"
import { SqlClient } from "@effect/sql"
import { PgClient } from "@effect/sql-pg"
import { Context, Effect } from "effect"
import type { Database } from "./Database.js"
import { unusable } from "./DatabaseUnusable.js"
import { foreignStep, newestOf, newestSchema, type Step, schemaTable } from "./Migrations.js"
import { type PostgresOptions, shownUrl } from "./PostgresPool.js"
import { sqliteReader } from "./SqliteConnections.js"

export interface Schema {
  /** The number of the database's schema; 0 where it has none, null where there is no database yet. */
  readonly found: number | null
  readonly known: number
  /** A step that this program does otherwise, so that it cannot use the data; null where there is none. */
  readonly foreign: string | null
}

const known = newestSchema

const none: Schema = { found: null, known, foreign: null }

const schemaFrom = (steps: ReadonlyArray<Step>): Schema => ({
  found: newestOf(steps),
  known,
  foreign: foreignStep(steps)
})

const steps = `SELECT migration_id, name FROM ${schemaTable}`

const ofSqlite = Effect.fnUntraced(
  function* (filename: string) {
    const fs = yield* FileSystem.FileSystem
    if (!(yield* fs.exists(filename))) return none
    const { execute } = yield* sqliteReader(filename)
    const ask = (text: string) => execute(text, [], Context.empty())
    const tables = yield* ask(`SELECT 1 FROM sqlite_master WHERE name = '${schemaTable}'`)
    return schemaFrom(tables.length === 0 ? [] : ((yield* ask(steps)) as ReadonlyArray<Step>))
  },
  Effect.scoped,
  (schema, filename) =>
    Effect.catchAllCause(schema, (cause) => Effect.fail(unusable(`sqlite:${filename}`)(cause)))
)

const ofPostgres = ({ url }: Pick<PostgresOptions, "url">) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const tables = yield* sql<{ oid: unknown }>`SELECT to_regclass(${schemaTable})::text AS oid`
    return schemaFrom(tables[0]?.oid == null ? [] : yield* sql.unsafe<Step>(steps))
  }).pipe(
    Effect.provide(PgClient.layer({ url, maxConnections: 1, applicationName: "verifyhuman-dropin doctor" })),
    Effect.catchAllCause((cause) => Effect.fail(unusable(shownUrl(url))(cause)))
  )

/** How far the schema of a database that is kept is, without changing anything. */
export const schemaOf = (database: Exclude<Database, { _tag: "memory" }>) =>
  database._tag === "postgres" ? ofPostgres(database) : ofSqlite(database.filename)
