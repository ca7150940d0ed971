import { FileSystem, Path } from "@effect/platform"
import { SqlClient } from "@effect/sql"
import { SqliteClient } from "@effect/sql-sqlite-node"
import { Effect, Layer } from "effect"
import { type DatabaseUnusable, unusable } from "./DatabaseUnusable.js"
import { migrate } from "./Migrations.js"
import { tablesSql } from "./sql/TablesSql.js"
import type { Tables } from "./Tables.js"

/** `synchronous=FULL`: an acknowledged commit survives a power cut. Set on every open, because WAL files forget it. */
const durable = Effect.flatMap(SqlClient.SqlClient, (sql) =>
  Effect.all([
    sql`PRAGMA synchronous = FULL`.unprepared,
    sql`PRAGMA busy_timeout = 10`.unprepared,
    sql`PRAGMA secure_delete = ON`.unprepared
  ])
)

const ownDirectory = Effect.fnUntraced(function* (filename: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  yield* fs.makeDirectory(path.dirname(filename), { recursive: true, mode: 0o700 })
})

const connection = (filename: string) =>
  Layer.effectDiscard(durable).pipe(
    Layer.provideMerge(SqliteClient.layer({ filename })),
    Layer.provide(filename === ":memory:" ? Layer.empty : Layer.effectDiscard(ownDirectory(filename)))
  )

/** The connection: one file (or `:memory:`), one process. */
export const sqliteClient = (filename: string) =>
  Layer.effectDiscard(migrate).pipe(
    Layer.provideMerge(connection(filename)),
    Layer.catchAllCause((cause) => Layer.fail(unusable(`sqlite:${filename}`)(cause)))
  )

export const migrateSqlite = (filename: string) =>
  migrate.pipe(
    Effect.provide(connection(filename)),
    Effect.catchAllCause((cause) => Effect.fail(unusable(`sqlite:${filename}`)(cause)))
  )

/** SQLite writes one transaction at a time, and nothing else runs meanwhile: groups stay short. */
export const sqliteStatements = tablesSql({ lanes: 1, size: 32, waiting: 1024 })

/** `Tables` on SQLite, migrated and durable. */
export const sqliteTables = (
  filename: string
): Layer.Layer<Tables, DatabaseUnusable, FileSystem.FileSystem | Path.Path> =>
  sqliteStatements.pipe(Layer.provide(sqliteClient(filename)))
