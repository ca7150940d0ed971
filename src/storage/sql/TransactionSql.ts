import { type SqlClient, SqlError } from "@effect/sql"
import { Effect, Schedule } from "effect"
import { StorageUnavailable } from "../../domain/StorageUnavailable.js"
import type { Transaction } from "../Tables.js"

const codeOf = (error: unknown): string =>
  typeof error === "object" && error !== null
    ? "code" in error
      ? String(error.code)
      : codeOf("cause" in error ? error.cause : null)
    : ""

/** Another process may hold the file for a moment: try again without holding up anybody else. */
const whileBusy = {
  schedule: Schedule.spaced("25 millis").pipe(Schedule.intersect(Schedule.recurs(80))),
  while: (error: unknown) => codeOf(error).startsWith("SQLITE_BUSY")
}

const deadlock = "40P01"
const serializationFailure = "40001"

/**
 * Two transactions waited for each other and PostgreSQL gave one of them up. It stands back longer each time: the other
 * has one lock now, and may need more of those that this one takes when it begins again.
 */
const whileGivenUp = {
  schedule: Schedule.jittered(Schedule.exponential("20 millis")).pipe(Schedule.intersect(Schedule.recurs(7))),
  while: (error: unknown) => [deadlock, serializationFailure].includes(codeOf(error))
}

/** `@effect/sql` dies of a commit that fails; whether it took place only the database knows. */
const failing = <A, E, R>(transaction: Effect.Effect<A, E, R>): Effect.Effect<A, E | SqlError.SqlError, R> =>
  Effect.catchAllDefect(transaction, (defect) =>
    defect instanceof SqlError.SqlError ? Effect.fail(defect) : Effect.die(defect)
  )

export const transactionSql = (sql: SqlClient.SqlClient): Transaction => {
  const again: <A, E, R>(transaction: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R> = sql.onDialectOrElse(
    {
      pg: () => (transaction) => Effect.retry(transaction, whileGivenUp),
      orElse: () => (transaction) => Effect.retry(transaction, whileBusy)
    }
  )
  return (operation, body) =>
    failing(sql.withTransaction(body)).pipe(
      again,
      Effect.mapError((error) =>
        error instanceof SqlError.SqlError ? new StorageUnavailable({ operation, cause: error }) : error
      )
    )
}
