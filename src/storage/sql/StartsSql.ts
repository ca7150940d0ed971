import { Effect } from "effect"
import type { Start } from "../../domain/Start.js"
import type { StartsTable } from "../Tables.js"
import { isFoundBy, place, skipLocked } from "./Dialect.js"
import type { Columns, Sql } from "./Sql.js"
import { all, first, numberOrNull, run, touched } from "./Statement.js"

interface Row {
  readonly session_ref: string
  readonly environment: Start["environment"]
  readonly user_id: string
  readonly fingerprint: string
  readonly state: Start["state"]
  readonly failure: Start["failure"]
  readonly retry_after_ms: number | null
  readonly created_at: number
  readonly lease_until: number
}

const columns: Columns<Start, Row> = {
  session_ref: (start) => start.sessionRef,
  environment: (start) => start.environment,
  user_id: (start) => start.userId,
  fingerprint: (start) => start.fingerprint,
  state: (start) => start.state,
  failure: (start) => start.failure,
  retry_after_ms: (start) => start.retryAfterMillis,
  created_at: (start) => start.createdAt,
  lease_until: (start) => start.leaseUntil
}

const fromRow = (row: Row): Start => ({
  sessionRef: row.session_ref,
  environment: row.environment,
  userId: row.user_id,
  fingerprint: row.fingerprint,
  state: row.state,
  failure: row.failure,
  retryAfterMillis: numberOrNull(row.retry_after_ms),
  createdAt: Number(row.created_at),
  leaseUntil: Number(row.lease_until)
})

export const startsSql = (sql: Sql): StartsTable => ({
  insert: (start) => sql`INSERT INTO starts ${sql.insert(columns, start)}`.pipe(run("starts.insert")),
  find: (sessionRef) =>
    sql<Row>`SELECT * FROM starts WHERE session_ref = ${sessionRef}`.pipe(first("starts.find", fromRow)),
  findReserved: ({ environment, fingerprint, userId }) =>
    sql<Row>`SELECT * FROM starts WHERE environment = ${environment} AND user_id = ${userId}
      AND fingerprint = ${fingerprint} AND state = 'reserved'`.pipe(first("starts.findReserved", fromRow)),
  end: (sessionRef, end) =>
    sql`UPDATE starts SET state = ${end.state}, failure = ${end.failure}, retry_after_ms = ${end.retryAfterMillis}
      WHERE session_ref = ${sessionRef} AND state = 'reserved' RETURNING session_ref`.pipe(
      touched("starts.end"),
      Effect.map((rows) => rows > 0)
    ),
  since: ({ environment, userId }, since) =>
    sql<Row>`SELECT * FROM starts WHERE environment = ${environment} AND user_id = ${userId}
      AND created_at > ${since} ORDER BY created_at`.pipe(all("starts.since", fromRow)),
  deleteOfUser: ({ environment, userId }) =>
    sql`DELETE FROM starts WHERE environment = ${environment} AND user_id = ${userId}`.pipe(
      run("starts.deleteOfUser")
    ),
  purge: (before, limit) =>
    sql`DELETE FROM starts WHERE ${isFoundBy(
      sql,
      place(sql),
      sql`SELECT ${place(sql)} FROM starts WHERE created_at < ${before} AND state <> 'reserved'
        ORDER BY created_at LIMIT ${limit} ${skipLocked(sql)}`
    )} RETURNING session_ref`.pipe(touched("starts.purge"))
})
