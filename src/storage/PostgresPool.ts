import { createHash } from "node:crypto"
import type { Socket } from "node:net"
import { SqlError } from "@effect/sql/SqlError"
import { Duration, Effect, Redacted } from "effect"
import pg from "pg"
import { once } from "../domain/Once.js"
import { measured } from "../telemetry/Measures.js"
import { poolConnections } from "../telemetry/Metrics.js"

export interface PostgresOptions {
  readonly url: Redacted.Redacted
  /** Connections of this process at most, one more that listens not counted. */
  readonly poolSize: number
  /** How long the server may take for a statement. */
  readonly statementTimeout: Duration.Duration
  /** How long a statement may wait for another transaction. */
  readonly lockTimeout: Duration.Duration
  /** Off for a pooler that gives each transaction another connection and does not know prepared statements. */
  readonly preparedStatements: boolean
}

/** How long a request may wait for a connection. */
const connectTimeoutMillis = 3000
/** How much longer than the server an answer may take on its way. */
const graceMillis = 2000

/** The address as it can be shown. */
export const shownUrl = (url: Redacted.Redacted): string => {
  const { host, pathname } = new URL(Redacted.value(url))
  return `postgres://${host}${pathname}`
}

const nameOf = (text: string) => createHash("sha256").update(text).digest("base64url")

/** A connection that prepares each statement once. */
const connectionClass = ({ preparedStatements }: PostgresOptions) => {
  const named = once(new Map<string, string>(), nameOf)

  return class Connection extends pg.Client {
    override query(...args: ReadonlyArray<unknown>): never {
      const [statement, values, callback] = args
      const prepared =
        preparedStatements && typeof statement === "string" && Array.isArray(values) && values.length > 0
          ? [{ name: named(statement), text: statement, values }, callback]
          : args
      return Reflect.apply(super.query, this, prepared) as never
    }
  }
}

/** What the driver knows of its connection, and does not describe. */
interface Inside {
  readonly connection: { readonly stream: Socket }
  readonly readyForQuery: boolean
}

/**
 * Gives the connection up when an answer is overdue: the server ends what takes too long, so silence means that it, or
 * the way to it, is gone.
 */
const giveUpOnSilence = (client: pg.ClientBase, { statementTimeout }: PostgresOptions) => {
  const inside = client as unknown as Inside
  const { stream } = inside.connection
  stream.setTimeout(Duration.toMillis(statementTimeout) + graceMillis, () => {
    if (!inside.readyForQuery) stream.destroy(new Error("PostgreSQL does not answer"))
  })
}

/**
 * The limits of a session. A transaction that its node leaves standing, frozen or cut off, is ended by the server,
 * so that it holds up nobody.
 */
const limits = ({ lockTimeout, statementTimeout }: PostgresOptions) => {
  const statement = Duration.toMillis(statementTimeout)
  return `SET statement_timeout = ${statement}; SET lock_timeout = ${Duration.toMillis(lockTimeout)};
    SET idle_in_transaction_session_timeout = ${2 * statement}`
}

const counted = (pool: pg.Pool) => () => {
  poolConnections.set(pool.totalCount - pool.idleCount, "used")
  poolConnections.set(pool.idleCount, "idle")
  poolConnections.set(pool.waitingCount, "waited_for")
}

/** The connections of this process. Fails when the server cannot be reached. */
export const postgresPool = (options: PostgresOptions) =>
  Effect.acquireRelease(
    Effect.tryPromise({
      try: async () => {
        const pool = new pg.Pool({
          connectionString: Redacted.value(options.url),
          Client: connectionClass(options) as unknown as typeof pg.Client,
          max: options.poolSize,
          connectionTimeoutMillis: connectTimeoutMillis,
          idleTimeoutMillis: 60_000,
          keepAlive: true,
          application_name: "verifyhuman-dropin",
          onConnect: async (client) => {
            giveUpOnSilence(client, options)
            await client.query(limits(options))
          }
        })
        // A connection that was lost while nobody used it: the next one is another.
        pool.on("error", () => undefined)
        await pool.query("SELECT 1")
        return pool
      },
      catch: (cause) => new SqlError({ cause, message: "PostgreSQL cannot be reached" })
    }),
    (pool) => Effect.timeoutOption(Effect.interruptible(Effect.promise(() => pool.end())), "2 seconds")
  ).pipe(Effect.tap((pool) => measured(counted(pool))))
