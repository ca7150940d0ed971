import { SqlClient } from "@effect/sql"
import { Effect, Layer } from "effect"
import { Tracing } from "../../telemetry/Tracing.js"
import { type GroupCommitOptions, groupCommit } from "../GroupCommit.js"
import { Tables } from "../Tables.js"
import { actionsSql } from "./ActionsSql.js"
import { auditSql } from "./AuditSql.js"
import { eventsSql } from "./EventsSql.js"
import { idempotencySql } from "./IdempotencySql.js"
import { identifiersSql } from "./IdentifiersSql.js"
import { lockSql } from "./LockSql.js"
import { pastVerdictsSql } from "./PastVerdictsSql.js"
import { pollsSql } from "./PollsSql.js"
import { sessionsSql } from "./SessionsSql.js"
import { type Execute, sqlOf } from "./Sql.js"
import { startsSql } from "./StartsSql.js"
import { run } from "./Statement.js"
import { transactionSql } from "./TransactionSql.js"

/** The statements in SQL, for SQLite and PostgreSQL; `reader` runs what only reads outside a transaction. */
export const tablesSql = (
  grouping: GroupCommitOptions,
  reader: Execute | null = null
): Layer.Layer<Tables, never, SqlClient.SqlClient> =>
  Layer.scoped(
    Tables,
    Effect.gen(function* () {
      const client = yield* SqlClient.SqlClient
      const sql = sqlOf(client, reader)
      const transaction = transactionSql(client)
      const lock = lockSql(sql)
      const together = yield* groupCommit(transaction, lock, grouping)
      const { span } = yield* Tracing
      return Tables.of({
        transaction,
        together: (operation, locks, body) => span(operation)(together(operation, locks, body)),
        lock,
        ping: sql`SELECT 1 FROM sessions LIMIT 1`.pipe(run("ping")),
        sessions: sessionsSql(sql),
        starts: startsSql(sql),
        idempotency: idempotencySql(sql),
        identifiers: identifiersSql(sql),
        events: eventsSql(sql),
        pastVerdicts: pastVerdictsSql(sql),
        actions: actionsSql(sql),
        polls: pollsSql(sql),
        audit: auditSql(sql)
      })
    })
  )
