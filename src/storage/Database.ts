import type { FileSystem, Path } from "@effect/platform"
import { type Effect, Layer } from "effect"
import { SessionFeed } from "../sessions/SessionFeed.js"
import type { DatabaseUnusable } from "./DatabaseUnusable.js"
import { migratePostgres, postgresClient } from "./PostgresDatabase.js"
import { postgresFeed } from "./PostgresFeed.js"
import type { PostgresOptions } from "./PostgresPool.js"
import { migrateSqlite, sqliteTables } from "./SqliteDatabase.js"
import { tablesSql } from "./sql/TablesSql.js"
import type { Tables } from "./Tables.js"

export type Database =
  | { readonly _tag: "memory" }
  | { readonly _tag: "sqlite"; readonly filename: string }
  | ({ readonly _tag: "postgres" } & PostgresOptions)

const filenameOf = (database: Exclude<Database, { _tag: "postgres" }>) =>
  database._tag === "memory" ? ":memory:" : database.filename

/** The database, migrated, and the feed that is right for it: one process over SQLite, any number over PostgreSQL. */
export const databaseLayer = (
  database: Database
): Layer.Layer<Tables | SessionFeed, DatabaseUnusable, FileSystem.FileSystem | Path.Path> =>
  database._tag === "postgres"
    ? Layer.provide(Layer.merge(tablesSql, postgresFeed(database.url)), postgresClient(database))
    : Layer.merge(sqliteTables(filenameOf(database)), SessionFeed.layerMemory)

/** Brings the database to this program's schema and does no more; the names of the steps that were needed. */
export const migrateDatabase = (
  database: Database
): Effect.Effect<ReadonlyArray<string>, DatabaseUnusable, FileSystem.FileSystem | Path.Path> =>
  database._tag === "postgres" ? migratePostgres(database) : migrateSqlite(filenameOf(database))
