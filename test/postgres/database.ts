import { randomBytes } from "node:crypto"
import { Duration, Effect, Layer, Redacted } from "effect"
import pg from "pg"
import { inject } from "vitest"
import { databaseLayer } from "../../src/storage/Database.js"
import { postgresClient, postgresStatements, postgresTables } from "../../src/storage/PostgresDatabase.js"
import type { PostgresOptions } from "../../src/storage/PostgresPool.js"

/** One statement on a connection of its own. */
export const ask = (url: string, statement: string) =>
  Effect.promise(async () => {
    const client = new pg.Client({ connectionString: url })
    client.on("error", () => undefined)
    await client.connect()
    try {
      return (await client.query(statement)).rows
    } finally {
      await client.end()
    }
  })

/** A new, empty database, which goes with the scope; its address. */
export const emptyDatabase = Effect.gen(function* () {
  const server = inject("postgresUrl")
  const name = `test_${randomBytes(8).toString("hex")}`
  yield* Effect.acquireRelease(ask(server, `CREATE DATABASE ${name}`), () =>
    Effect.ignoreLogged(ask(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))
  )
  const url = new URL(server)
  url.pathname = `/${name}`
  return url.href
})

export const postgresOptions = (url: string, overrides: Partial<PostgresOptions> = {}): PostgresOptions => ({
  url: Redacted.make(url),
  poolSize: 10,
  statementTimeout: Duration.seconds(5),
  lockTimeout: Duration.seconds(3),
  preparedStatements: true,
  ...overrides
})

/** A database that is there already, with connections of their own. */
export const sharedDatabase = (url: string, overrides: Partial<PostgresOptions> = {}) =>
  databaseLayer({ _tag: "postgres", ...postgresOptions(url, overrides) })

/** A new database with all that processes share. */
export const aDatabase = Layer.unwrapScoped(Effect.map(emptyDatabase, (url) => sharedDatabase(url)))

/** `Tables` on a database of their own. */
export const onPostgres = Layer.unwrapScoped(
  Effect.map(emptyDatabase, (url) => postgresTables(postgresOptions(url)))
)

/** The same, with its connections for the test. */
export const onPostgresClient = Layer.unwrapScoped(
  Effect.map(emptyDatabase, (url) =>
    Layer.provideMerge(postgresStatements(postgresOptions(url)), postgresClient(postgresOptions(url)))
  )
)
