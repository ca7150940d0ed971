import { SqlClient, SqlError } from "@effect/sql"
import { Effect, Layer, Schedule } from "effect"
import { StorageUnavailable } from "../../domain/StorageUnavailable.js"
import { Tables } from "../Tables.js"
import { actionsSql } from "./ActionsSql.js"
import { auditSql } from "./AuditSql.js"
import { eventsSql } from "./EventsSql.js"
import { idempotencySql } from "./IdempotencySql.js"
import { identifiersSql } from "./IdentifiersSql.js"
import { pollsSql } from "./PollsSql.js"
import { sessionsSql } from "./SessionsSql.js"
import { startsSql } from "./StartsSql.js"
import { run } from "./Statement.js"
import { verdictsSql } from "./VerdictsSql.js"

const sqliteCode = (error: unknown): string =>
  typeof error === "object" && error !== null
    ? "code" in error
      ? String(error.code)
      : sqliteCode("cause" in error ? error.cause : null)
    : ""

/** Another process may hold the file for a moment: try again without holding up anybody else. */
const whileBusy = {
  schedule: Schedule.spaced("25 millis").pipe(Schedule.intersect(Schedule.recurs(80))),
  while: (error: unknown) => sqliteCode(error).startsWith("SQLITE_BUSY")
}

/** The statements in SQL, for SQLite. */
export const tablesSql: Layer.Layer<Tables, never, SqlClient.SqlClient> = Layer.effect(
  Tables,
  Effect.map(SqlClient.SqlClient, (sql) =>
    Tables.of({
      transaction: (operation, body) =>
        sql.withTransaction(body).pipe(
          Effect.retry(whileBusy),
          Effect.mapError((error) =>
            error instanceof SqlError.SqlError ? new StorageUnavailable({ operation, cause: error }) : error
          )
        ),
      ping: sql`SELECT 1 FROM sessions LIMIT 1`.pipe(run("ping")),
      sessions: sessionsSql(sql),
      starts: startsSql(sql),
      idempotency: idempotencySql(sql),
      identifiers: identifiersSql(sql),
      events: eventsSql(sql),
      verdicts: verdictsSql(sql),
      actions: actionsSql(sql),
      polls: pollsSql(sql),
      audit: auditSql(sql)
    })
  )
)
