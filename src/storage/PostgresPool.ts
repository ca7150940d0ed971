import { createHash } from "node:crypto"
import { SqlError } from "@effect/sql/SqlError"
import { Duration, Effect, Redacted } from "effect"
import pg from "pg"

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

/**
 * A connection that prepares each statement once, and that gives itself up when an answer is overdue: the server
 * ends what takes too long, so silence means that it, or the way to it, is gone.
 */
const connectionClass = ({ preparedStatements, statementTimeout }: PostgresOptions) => {
  const names = new Map<string, string>()
  const named = (text: string) => {
    const known = names.get(text)
    if (known !== undefined) return known
    const name = nameOf(text)
    names.set(text, name)
    return name
  }
  const patience = Duration.toMillis(statementTimeout) + graceMillis

  return class Connection extends pg.Client {
    override query(...args: ReadonlyArray<unknown>): never {
      const [statement, values, callback] = args
      const prepared =
        preparedStatements && typeof statement === "string" && Array.isArray(values) && values.length > 0
          ? [{ name: named(statement), text: statement, values }, callback]
          : args
      return Reflect.apply(super.query, this, prepared) as never
    }

    override connect(...args: ReadonlyArray<unknown>): never {
      const { stream } = (this as unknown as { connection: { stream: import("node:net").Socket } }).connection
      stream.setTimeout(patience, () => {
        if (this.isBusy()) stream.destroy(new Error("PostgreSQL does not answer"))
      })
      return Reflect.apply(super.connect, this, args) as never
    }

    private isBusy(): boolean {
      return (this as unknown as { readyForQuery?: boolean }).readyForQuery !== true
    }
  }
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
          onConnect: (client) => client.query(limits(options)).then(() => undefined)
        })
        // A connection that was lost while nobody used it: the next one is another.
        pool.on("error", () => undefined)
        await pool.query("SELECT 1")
        return pool
      },
      catch: (cause) => new SqlError({ cause, message: "PostgreSQL cannot be reached" })
    }),
    (pool) => Effect.timeoutOption(Effect.interruptible(Effect.promise(() => pool.end())), "2 seconds")
  )
