import { FileSystem, Path } from "@effect/platform"
import { Effect, Layer } from "effect"
import { SessionsAtHand } from "../sessions/SessionsAtHand.js"
import { type DatabaseUnusable, unusable } from "./DatabaseUnusable.js"
import { migrate } from "./Migrations.js"
import { sqliteAtHand } from "./SqliteAtHand.js"
import { sqliteReader, sqliteWriter } from "./SqliteConnections.js"
import { tablesSql } from "./sql/TablesSql.js"
import type { Tables } from "./Tables.js"

const ownDirectory = Effect.fnUntraced(function* (filename: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  yield* fs.makeDirectory(path.dirname(filename), { recursive: true, mode: 0o700 })
})

const inMemory = ":memory:"

const writer = (filename: string) =>
  Layer.provide(
    sqliteWriter(filename),
    filename === inMemory ? Layer.empty : Layer.effectDiscard(ownDirectory(filename))
  )

/** The connection: one file (or `:memory:`), one process. */
export const sqliteClient = (filename: string) =>
  Layer.effectDiscard(migrate).pipe(
    Layer.provideMerge(writer(filename)),
    Layer.catchAllCause((cause) => Layer.fail(unusable(`sqlite:${filename}`)(cause)))
  )

export const migrateSqlite = (filename: string) =>
  migrate.pipe(
    Effect.provide(writer(filename)),
    Effect.catchAllCause((cause) => Effect.fail(unusable(`sqlite:${filename}`)(cause)))
  )

/** SQLite writes one transaction at a time, and nothing else runs meanwhile. */
const grouping = { lanes: 1, size: 64, turns: 12, waiting: 1024 }

/** A database in memory is that of one connection. */
export const sqliteStatements = (filename: string) =>
  filename === inMemory
    ? tablesSql(grouping)
    : Layer.unwrapScoped(
        Effect.map(sqliteReader(filename), (reader) =>
          Layer.merge(
            tablesSql(grouping, reader.execute),
            Layer.sync(SessionsAtHand, () => sqliteAtHand(reader))
          )
        )
      )

/** `Tables` on SQLite, migrated and durable. */
export const sqliteTables = (
  filename: string
): Layer.Layer<Tables, DatabaseUnusable, FileSystem.FileSystem | Path.Path> =>
  Layer.provide(sqliteStatements(filename), sqliteClient(filename))
