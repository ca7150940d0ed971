import type { IdempotencyRecord } from "../../domain/Start.js"
import type { IdempotencyTable } from "../Tables.js"
import { isFoundBy, place, skipLocked } from "./Dialect.js"
import type { Columns, Sql } from "./Sql.js"
import { first, run, touched } from "./Statement.js"

interface Row {
  readonly environment: IdempotencyRecord["environment"]
  readonly user_id: string
  readonly key_hash: string
  readonly request_hash: string
  readonly session_ref: string
  readonly status: IdempotencyRecord["status"]
  readonly created_at: number
}

const columns: Columns<IdempotencyRecord, Row> = {
  environment: (record) => record.environment,
  user_id: (record) => record.userId,
  key_hash: (record) => record.keyHash,
  request_hash: (record) => record.requestHash,
  session_ref: (record) => record.sessionRef,
  status: (record) => record.status,
  created_at: (record) => record.createdAt
}

const fromRow = (row: Row): IdempotencyRecord => ({
  environment: row.environment,
  userId: row.user_id,
  keyHash: row.key_hash,
  requestHash: row.request_hash,
  sessionRef: row.session_ref,
  status: row.status,
  createdAt: Number(row.created_at)
})

export const idempotencySql = (sql: Sql): IdempotencyTable => ({
  find: ({ environment, userId }, keyHash) =>
    sql<Row>`SELECT * FROM idempotency_keys WHERE environment = ${environment}
      AND user_id = ${userId} AND key_hash = ${keyHash}`.pipe(first("idempotency.find", fromRow)),
  put: (record) =>
    sql`INSERT INTO idempotency_keys ${sql.insert(columns, record)}
      ON CONFLICT (environment, user_id, key_hash) DO UPDATE SET request_hash = excluded.request_hash,
      session_ref = excluded.session_ref, status = excluded.status, created_at = excluded.created_at`.pipe(
      run("idempotency.put")
    ),
  release: (sessionRef) =>
    sql`DELETE FROM idempotency_keys WHERE session_ref = ${sessionRef} AND status IS NULL`.pipe(
      run("idempotency.release")
    ),
  complete: (sessionRef, status) =>
    sql`UPDATE idempotency_keys SET status = ${status} WHERE session_ref = ${sessionRef} AND status IS NULL`.pipe(
      run("idempotency.complete")
    ),
  deleteOfUser: ({ environment, userId }) =>
    sql`DELETE FROM idempotency_keys WHERE environment = ${environment} AND user_id = ${userId}`.pipe(
      run("idempotency.deleteOfUser")
    ),
  purge: (before, limit) =>
    sql`DELETE FROM idempotency_keys WHERE ${isFoundBy(
      sql,
      place(sql),
      sql`SELECT ${place(sql)} FROM idempotency_keys WHERE created_at < ${before}
        ORDER BY created_at LIMIT ${limit} ${skipLocked(sql)}`
    )} RETURNING key_hash`.pipe(touched("idempotency.purge"))
})
