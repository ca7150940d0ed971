import { firstIdAt } from "../../domain/OwnId.js"
import type { Session } from "../../domain/Session.js"
import type { Verdict } from "../../domain/Verdict.js"
import type { SessionsTable } from "../Tables.js"
import { forUpdate, skipLocked, unindexed } from "./Dialect.js"
import { scan } from "./Scan.js"
import type { Columns, Sql } from "./Sql.js"
import { all, counted, first, numberOrNull, run } from "./Statement.js"

interface Row {
  readonly session_ref: string
  readonly user_id: string
  readonly environment: Session["environment"]
  readonly product: Session["product"]
  readonly model: Session["model"]
  readonly confirmable: number
  readonly fingerprint: string
  readonly reference: string | null
  readonly open: number
  readonly hosted_url: string | null
  readonly status: Verdict["status"]
  readonly reason: Verdict["reason"]
  readonly provider_status: string | null
  readonly sequence: number
  readonly caused_by: string | null
  readonly created_at: number
  readonly updated_at: number
  readonly expires_at: number
  readonly expiry_due_at: number | null
  readonly expired_at: number | null
  readonly decided_at: number | null
}

const columns: Columns<Session, Row> = {
  session_ref: (session) => session.sessionRef,
  user_id: (session) => session.userId,
  environment: (session) => session.environment,
  product: (session) => session.product,
  model: (session) => session.model,
  confirmable: (session) => Number(session.confirmable),
  fingerprint: (session) => session.fingerprint,
  reference: (session) => session.reference,
  open: (session) => Number(session.open),
  hosted_url: (session) => session.hostedUrl,
  status: (session) => session.verdict.status,
  reason: (session) => session.verdict.reason,
  provider_status: (session) => session.providerStatus,
  sequence: (session) => session.sequence,
  caused_by: (session) => session.causedBy,
  created_at: (session) => session.createdAt,
  updated_at: (session) => session.updatedAt,
  expires_at: (session) => session.expiresAt,
  expiry_due_at: (session) => session.expiryDueAt,
  expired_at: (session) => session.expiredAt,
  decided_at: (session) => session.decidedAt
}

export const sessionFrom = (row: Row): Session => ({
  sessionRef: row.session_ref,
  userId: row.user_id,
  environment: row.environment,
  product: row.product,
  model: row.model,
  confirmable: Number(row.confirmable) === 1,
  fingerprint: row.fingerprint,
  reference: row.reference,
  open: Number(row.open) === 1,
  hostedUrl: row.hosted_url,
  verdict: { status: row.status, reason: row.reason } as Verdict,
  providerStatus: row.provider_status,
  sequence: Number(row.sequence),
  causedBy: row.caused_by,
  createdAt: Number(row.created_at),
  updatedAt: Number(row.updated_at),
  expiresAt: Number(row.expires_at),
  expiryDueAt: numberOrNull(row.expiry_due_at),
  expiredAt: numberOrNull(row.expired_at),
  decidedAt: numberOrNull(row.decided_at)
})

export const sessionOf = (sql: Sql, sessionRef: string) =>
  sql<Row>`SELECT * FROM sessions WHERE session_ref = ${sessionRef}`

/**
 * All but what a session is from its beginning: SQLite would rewrite an index whose columns are set, be it to what they
 * were.
 */
const { created_at, environment, fingerprint, model, product, reference, session_ref, user_id, ...changing } =
  columns

export const sessionsSql = (sql: Sql): SessionsTable => ({
  insert: (session) => sql`INSERT INTO sessions ${sql.insert(columns, session)}`.pipe(run("sessions.insert")),
  update: (session) =>
    sql`UPDATE sessions SET ${sql.update(changing, session)}
      WHERE session_ref = ${session.sessionRef}`.pipe(run("sessions.update")),
  find: (sessionRef) => sessionOf(sql, sessionRef).pipe(first("sessions.find", sessionFrom)),
  hold: (sessionRef) =>
    sql<Row>`SELECT * FROM sessions WHERE session_ref = ${sessionRef} ${forUpdate(sql)}`.pipe(
      first("sessions.hold", sessionFrom)
    ),
  findOpen: ({ environment, fingerprint, userId }) =>
    sql<Row>`SELECT * FROM sessions WHERE environment = ${environment} AND user_id = ${userId}
      AND fingerprint = ${fingerprint} AND open = 1`.pipe(first("sessions.findOpen", sessionFrom)),
  close: ({ environment, fingerprint, userId }) =>
    sql`UPDATE sessions SET open = 0, hosted_url = NULL WHERE environment = ${environment}
      AND user_id = ${userId} AND fingerprint = ${fingerprint} AND open = 1`.pipe(run("sessions.close")),
  list: ({ environment, userId }, before, limit) =>
    sql<Row>`SELECT * FROM sessions WHERE environment = ${environment} AND user_id = ${userId}
      ${before === null ? sql`` : sql`AND (created_at, session_ref) < (${before.at}, ${before.id})`}
      ORDER BY created_at DESC, session_ref DESC LIMIT ${limit}`.pipe(all("sessions.list", sessionFrom)),
  search: (environment, { from, product, reason, status, to, userId }, { before, limit }) =>
    scan<Row, Session>(sql, {
      operation: "sessions.search",
      table: "sessions",
      within: [
        ...(userId === undefined
          ? ([
              sql`${unindexed(sql, "environment")} = ${environment}`,
              before === null ? null : sql`session_ref < ${before.id}`
            ] as const)
          : ([
              sql`environment = ${environment}`,
              sql`user_id = ${userId}`,
              before === null ? null : sql`(created_at, session_ref) < (${before.at}, ${before.id})`
            ] as const)),
        from === undefined ? null : sql`session_ref >= ${firstIdAt("vs", from)}`,
        to === undefined ? null : sql`session_ref < ${firstIdAt("vs", to)}`
      ],
      passes: [
        status === undefined ? null : sql`status = ${status}`,
        reason === undefined ? null : sql`reason = ${reason}`,
        product === undefined ? null : sql`product = ${product}`
      ],
      order: userId === undefined ? "session_ref DESC" : "created_at DESC, session_ref DESC",
      downTo: (place) =>
        userId === undefined
          ? sql`session_ref >= ${place.id}`
          : sql`(created_at, session_ref) >= (${place.at}, ${place.id})`,
      limit,
      read: sessionFrom,
      placeOf: ({ createdAt, sessionRef }) => ({ at: createdAt, id: sessionRef })
    }),
  due: (environment, now, limit) =>
    sql<Row>`SELECT * FROM sessions WHERE environment = ${environment} AND expiry_due_at <= ${now}
      ORDER BY expiry_due_at LIMIT ${limit} ${skipLocked(sql)}`.pipe(all("sessions.due", sessionFrom)),
  delete: (sessionRef) =>
    sql`DELETE FROM sessions WHERE session_ref = ${sessionRef}`.pipe(run("sessions.delete")),
  countExpiredWithoutEvent: (environment, among) =>
    sql<{ n: number }>`SELECT count(*) AS n FROM (
        SELECT session_ref FROM sessions WHERE environment = ${environment} AND reason = 'expired'
        ORDER BY session_ref DESC LIMIT ${among}
      ) AS looked WHERE NOT EXISTS (SELECT 1 FROM events WHERE events.session_ref = looked.session_ref)`.pipe(
      counted("sessions.countExpiredWithoutEvent")
    )
})
