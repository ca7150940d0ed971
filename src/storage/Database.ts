import type { FileSystem, Path } from "@effect/platform"
import { type Effect, Layer } from "effect"
import { SessionFeed } from "../sessions/SessionFeed.js"
import { WaitSlots } from "../sessions/WaitSlots.js"
import { RejectedDeliveries } from "../webhooks/RejectedDeliveries.js"
import type { DatabaseUnusable } from "./DatabaseUnusable.js"
import { migratePostgres, postgresClient, postgresStatements } from "./PostgresDatabase.js"
import { postgresFeed } from "./PostgresFeed.js"
import type { PostgresOptions } from "./PostgresPool.js"
import { postgresRejectedDeliveries } from "./PostgresRejectedDeliveries.js"
import { postgresWaitSlots } from "./PostgresWaitSlots.js"
import { migrateSqlite, sqliteTables } from "./SqliteDatabase.js"
import type { Tables } from "./Tables.js"

export type Database =
  | { readonly _tag: "memory" }
  | { readonly _tag: "sqlite"; readonly filename: string }
  | ({ readonly _tag: "postgres" } & PostgresOptions)

/** What the processes over a database have in common. */
export type Shared = Tables | SessionFeed | WaitSlots | RejectedDeliveries

const filenameOf = (database: Exclude<Database, { _tag: "postgres" }>) =>
  database._tag === "memory" ? ":memory:" : database.filename

/** The database, migrated, and what processes share: one process over SQLite, any number over PostgreSQL. */
export const databaseLayer = (
  database: Database
): Layer.Layer<Shared, DatabaseUnusable, FileSystem.FileSystem | Path.Path> =>
  database._tag === "postgres"
    ? Layer.provide(
        Layer.mergeAll(
          postgresStatements(database),
          postgresFeed(database.url),
          postgresWaitSlots,
          postgresRejectedDeliveries
        ),
        postgresClient(database)
      )
    : Layer.mergeAll(
        sqliteTables(filenameOf(database)),
        SessionFeed.layerMemory,
        WaitSlots.layerMemory,
        RejectedDeliveries.layerMemory
      )

/** Brings the database to this program's schema and does no more; the names of the steps that were needed. */
export const migrateDatabase = (
  database: Database
): Effect.Effect<ReadonlyArray<string>, DatabaseUnusable, FileSystem.FileSystem | Path.Path> =>
  database._tag === "postgres" ? migratePostgres(database) : migrateSqlite(filenameOf(database))
