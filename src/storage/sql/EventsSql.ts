import { Effect } from "effect"
import type { InboxEvent } from "../../domain/InboxEvent.js"
import type { EventsTable } from "../Tables.js"
import { forUpdate, isFoundBy, isOneOf, listOf, place, skipLocked } from "./Dialect.js"
import { scan } from "./Scan.js"
import type { Columns, Sql } from "./Sql.js"
import { all, counted, first, numberOrNull, run, touched } from "./Statement.js"

interface Row {
  readonly id: string
  readonly source: InboxEvent["source"]
  readonly environment: InboxEvent["environment"]
  readonly dedupe_key: string
  readonly event_id: string | null
  readonly type: string | null
  readonly event_environment: string | null
  readonly product: string | null
  readonly outcome: InboxEvent["outcome"]
  readonly provider_status: string | null
  readonly provider_time: string | null
  readonly verification_hash: string | null
  readonly received_at: number
  readonly scheme: InboxEvent["scheme"]
  readonly secret_index: number | null
  readonly body: Uint8Array | null
  readonly state: InboxEvent["state"]
  readonly why: string | null
  readonly session_ref: string | null
  readonly counted_at: number | null
  readonly copies: number
}

const columns: Columns<InboxEvent, Row> = {
  id: (event) => event.id,
  source: (event) => event.source,
  environment: (event) => event.environment,
  dedupe_key: (event) => event.dedupeKey,
  event_id: (event) => event.eventId,
  type: (event) => event.type,
  event_environment: (event) => event.eventEnvironment,
  product: (event) => event.product,
  outcome: (event) => event.outcome,
  provider_status: (event) => event.providerStatus,
  provider_time: (event) => event.providerTime,
  verification_hash: (event) => event.verificationHash,
  received_at: (event) => event.receivedAt,
  scheme: (event) => event.scheme,
  secret_index: (event) => event.secretIndex,
  body: (event) => event.body,
  state: (event) => event.state,
  why: (event) => event.why,
  session_ref: (event) => event.sessionRef,
  counted_at: (event) => event.countedAt,
  copies: (event) => event.copies
}

const fromRow = (row: Row): InboxEvent => ({
  id: row.id,
  source: row.source,
  environment: row.environment,
  dedupeKey: row.dedupe_key,
  eventId: row.event_id,
  type: row.type,
  eventEnvironment: row.event_environment,
  product: row.product,
  outcome: row.outcome,
  providerStatus: row.provider_status,
  providerTime: row.provider_time as InboxEvent["providerTime"],
  verificationHash: row.verification_hash,
  receivedAt: Number(row.received_at),
  scheme: row.scheme,
  secretIndex: numberOrNull(row.secret_index),
  body: row.body,
  state: row.state,
  why: row.why,
  sessionRef: row.session_ref,
  countedAt: numberOrNull(row.counted_at),
  copies: Number(row.copies)
})

/** All but what a new event is stored with, once and for all. */
const { copies, dedupe_key, environment, id, ...replaced } = columns

/** Of these, what does not come with the delivery. */
const { body, received_at, scheme, secret_index, source, ...decided } = replaced

export const eventsSql = (sql: Sql): EventsTable => ({
  countCopy: (environment, dedupeKey) =>
    sql<Row>`UPDATE events SET copies = copies + 1
      WHERE environment = ${environment} AND dedupe_key = ${dedupeKey} RETURNING *`.pipe(
      first("events.countCopy", fromRow)
    ),
  put: (event) =>
    sql`INSERT INTO events ${sql.insert(columns, event)}
      ON CONFLICT (id) DO UPDATE SET ${sql.excluded(decided)}`.pipe(run("events.put")),
  replace: (event) =>
    sql`UPDATE events SET ${sql.update(replaced, event)} WHERE id = ${event.id}`.pipe(run("events.replace")),
  find: (id) => sql<Row>`SELECT * FROM events WHERE id = ${id}`.pipe(first("events.find", fromRow)),
  hold: (id) =>
    sql<Row>`SELECT * FROM events WHERE id = ${id} ${forUpdate(sql)}`.pipe(first("events.hold", fromRow)),
  counting: (sessionRef) =>
    sql<Row>`SELECT * FROM events WHERE session_ref = ${sessionRef}
      AND state IN ('applied', 'superseded')`.pipe(all("events.counting", fromRow)),
  ofSession: (sessionRef) =>
    sql<Row>`SELECT * FROM events WHERE session_ref = ${sessionRef} ORDER BY received_at, id`.pipe(
      all("events.ofSession", fromRow)
    ),
  list: (environment, { eventEnvironment, from, product, state, to }, { before, limit }) =>
    scan<Row, InboxEvent>(sql, {
      operation: "events.list",
      table: "events",
      within: [
        sql`environment = ${environment}`,
        state === undefined ? null : sql`state = ${state}`,
        before === null ? null : sql`(received_at, id) < (${before.at}, ${before.id})`,
        from === undefined ? null : sql`received_at >= ${from}`,
        to === undefined ? null : sql`received_at < ${to}`
      ],
      passes: [
        product === undefined ? null : sql`product = ${product}`,
        eventEnvironment === undefined ? null : sql`event_environment = ${eventEnvironment}`
      ],
      order: "received_at DESC, id DESC",
      downTo: (place) => sql`(received_at, id) >= (${place.at}, ${place.id})`,
      limit,
      read: fromRow,
      placeOf: ({ id, receivedAt }) => ({ at: receivedAt, id })
    }),
  count: (environment, state, most) =>
    sql<{ n: number }>`SELECT count(*) AS n FROM (SELECT 1 FROM events WHERE environment = ${environment}
      AND state = ${state} LIMIT ${most}) AS looked`.pipe(counted("events.count")),
  eraseBodies: (before, limit) =>
    sql`UPDATE events SET body = NULL WHERE ${isFoundBy(
      sql,
      place(sql),
      sql`SELECT ${place(sql)} FROM events WHERE body IS NOT NULL AND received_at < ${before}
        ORDER BY received_at LIMIT ${limit} ${skipLocked(sql)}`
    )} RETURNING id`.pipe(touched("events.eraseBodies")),

  insertCandidates: (event, hashes) =>
    hashes.length === 0
      ? Effect.void
      : sql`INSERT INTO event_candidates (environment, hash, event_id)
          SELECT ${event.environment}, value, ${event.id} FROM ${listOf(sql, hashes)} WHERE true
          ON CONFLICT DO NOTHING`.pipe(run("events.insertCandidates")),
  candidatesOf: (eventId) =>
    sql<{ hash: string }>`SELECT hash FROM event_candidates WHERE event_id = ${eventId}`.pipe(
      all("events.candidatesOf", (row) => row.hash)
    ),
  deleteCandidates: (eventId) =>
    sql`DELETE FROM event_candidates WHERE event_id = ${eventId}`.pipe(run("events.deleteCandidates")),
  carries: (environment, hash) =>
    sql`SELECT event_id FROM event_candidates WHERE environment = ${environment} AND hash = ${hash} LIMIT 1`.pipe(
      touched("events.carries"),
      Effect.map((rows) => rows > 0)
    ),
  waiting: (environment, hashes) =>
    hashes.length === 0
      ? Effect.succeed([])
      : sql<Row>`SELECT * FROM events WHERE state = 'unmatched' AND ${isFoundBy(
          sql,
          sql`id`,
          sql`SELECT event_id FROM event_candidates
            WHERE environment = ${environment} AND ${isOneOf(sql, "hash", hashes)}`
        )} ORDER BY received_at, id`.pipe(all("events.waiting", fromRow))
})
