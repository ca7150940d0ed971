import { Effect } from "effect"
import type { Poll } from "../../domain/Poll.js"
import type { PollsTable } from "../Tables.js"
import { isFoundBy, isOneOf, skipLocked } from "./Dialect.js"
import type { Columns, Sql } from "./Sql.js"
import { all, run } from "./Statement.js"

interface Row {
  readonly session_ref: string
  readonly environment: Poll["environment"]
  readonly product: Poll["product"]
  readonly provider_session_id: string
  readonly attempts: number
  readonly next_at: number
}

const columns: Columns<Poll, Row> = {
  session_ref: (poll) => poll.sessionRef,
  environment: (poll) => poll.environment,
  product: (poll) => poll.product,
  provider_session_id: (poll) => poll.providerSessionId,
  attempts: (poll) => poll.attempts,
  next_at: (poll) => poll.nextAt
}

const fromRow = (row: Row): Poll => ({
  sessionRef: row.session_ref,
  environment: row.environment,
  product: row.product,
  providerSessionId: row.provider_session_id,
  attempts: Number(row.attempts),
  nextAt: Number(row.next_at)
})

export const pollsSql = (sql: Sql): PollsTable => ({
  insert: (poll) => sql`INSERT INTO polls ${sql.insert(columns, poll)}`.pipe(run("polls.insert")),
  claim: (products, now, until, limit) =>
    products.length === 0
      ? Effect.succeed([])
      : sql<Row>`WITH due AS MATERIALIZED (
          SELECT session_ref FROM polls WHERE next_at <= ${now} AND ${isOneOf(sql, "product", products)}
          ORDER BY next_at LIMIT ${limit} ${skipLocked(sql)}
        ) UPDATE polls SET attempts = attempts + 1, next_at = ${until}
        WHERE ${isFoundBy(sql, sql`session_ref`, sql`SELECT session_ref FROM due`)} RETURNING *`.pipe(
          all("polls.claim", fromRow)
        ),
  reschedule: (poll, nextAt) =>
    sql`UPDATE polls SET next_at = ${nextAt} WHERE session_ref = ${poll.sessionRef}
      AND attempts = ${poll.attempts}`.pipe(run("polls.reschedule")),
  delete: (sessionRef) => sql`DELETE FROM polls WHERE session_ref = ${sessionRef}`.pipe(run("polls.delete"))
})
