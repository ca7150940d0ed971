import { PgClient } from "@effect/sql-pg"
import { Effect, Layer } from "effect"
import { type DatabaseUnusable, unusable } from "./DatabaseUnusable.js"
import { migrate } from "./Migrations.js"
import { type PostgresOptions, postgresPool, shownUrl } from "./PostgresPool.js"
import { tablesSql } from "./sql/TablesSql.js"
import type { Tables } from "./Tables.js"

/** Brings the database to this program's schema, on a connection of its own that takes its time. */
export const migratePostgres = ({ url }: Pick<PostgresOptions, "url">) =>
  migrate.pipe(
    Effect.provide(PgClient.layer({ url, maxConnections: 1, applicationName: "verifyhuman-dropin migrate" })),
    Effect.catchAllCause((cause) => Effect.fail(unusable(shownUrl(url))(cause)))
  )

/** The connections, to a database of this program's schema. */
export const postgresClient = (options: PostgresOptions) =>
  PgClient.layerFromPool({ acquire: postgresPool(options) }).pipe(
    Layer.catchAllCause((cause) => Layer.fail(unusable(shownUrl(options.url))(cause))),
    Layer.provideMerge(Layer.effectDiscard(migratePostgres(options)))
  )

/** Half of the connections write at most: whoever only reads gets one too. */
export const postgresStatements = ({ poolSize }: Pick<PostgresOptions, "poolSize">) =>
  tablesSql({ lanes: Math.max(1, Math.floor(poolSize / 2)), size: 16, turns: 1, waiting: 1024 })

/** `Tables` on PostgreSQL, migrated. Any number of processes may share it. */
export const postgresTables = (options: PostgresOptions): Layer.Layer<Tables, DatabaseUnusable> =>
  postgresStatements(options).pipe(Layer.provide(postgresClient(options)))
