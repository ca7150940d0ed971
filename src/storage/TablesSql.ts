import { SqlClient, SqlError } from "@effect/sql"
import { Effect, Layer, Schedule } from "effect"
import { StorageUnavailable } from "../domain/StorageUnavailable.js"
import * as Rows from "./Rows.js"
import { type FoundIdentifier, Tables } from "./Tables.js"

const unavailable =
  (operation: string) =>
  <A, R>(statement: Effect.Effect<A, SqlError.SqlError, R>): Effect.Effect<A, StorageUnavailable, R> =>
    Effect.mapError(statement, (cause) => new StorageUnavailable({ operation, cause }))

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
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient

    const first = <Row extends object, A>(rows: ReadonlyArray<Row>, from: (row: Row) => A): A | null =>
      rows[0] === undefined ? null : from(rows[0])

    const found = (row: { readonly session_ref: string; readonly shared: number }): FoundIdentifier => ({
      sessionRef: row.session_ref,
      shared: Number(row.shared) === 1
    })

    return Tables.of({
      transaction: (operation, body) =>
        sql.withTransaction(body).pipe(
          Effect.retry(whileBusy),
          Effect.mapError((error) =>
            error instanceof SqlError.SqlError ? new StorageUnavailable({ operation, cause: error }) : error
          )
        ),
      ping: sql`SELECT 1 FROM sessions LIMIT 1`.pipe(Effect.asVoid, unavailable("ping")),

      insertSession: (session) =>
        sql`INSERT INTO sessions ${sql.insert({ ...Rows.sessionToRow(session) })}`.pipe(
          Effect.asVoid,
          unavailable("insertSession")
        ),
      updateSession: (session) =>
        sql`UPDATE sessions SET ${sql.update({ ...Rows.sessionToRow(session) }, ["session_ref"])}
          WHERE session_ref = ${session.sessionRef}`.pipe(Effect.asVoid, unavailable("updateSession")),
      findSession: (sessionRef) =>
        sql<Rows.SessionRow>`SELECT * FROM sessions WHERE session_ref = ${sessionRef}`.pipe(
          Effect.map((rows) => first(rows, Rows.sessionFromRow)),
          unavailable("findSession")
        ),
      findOpenSession: ({ environment, fingerprint, userId }) =>
        sql<Rows.SessionRow>`SELECT * FROM sessions WHERE environment = ${environment} AND user_id = ${userId}
          AND fingerprint = ${fingerprint} AND open = 1`.pipe(
          Effect.map((rows) => first(rows, Rows.sessionFromRow)),
          unavailable("findOpenSession")
        ),
      listSessions: ({ environment, userId }, before, limit) =>
        sql<Rows.SessionRow>`SELECT * FROM sessions WHERE environment = ${environment} AND user_id = ${userId}
          ${before === null ? sql`` : sql`AND (created_at, session_ref) < (${before.createdAt}, ${before.sessionRef})`}
          ORDER BY created_at DESC, session_ref DESC LIMIT ${limit}`.pipe(
          Effect.map((rows) => rows.map(Rows.sessionFromRow)),
          unavailable("listSessions")
        ),

      insertStart: (start) =>
        sql`INSERT INTO starts ${sql.insert({ ...Rows.startToRow(start) })}`.pipe(
          Effect.asVoid,
          unavailable("insertStart")
        ),
      findStart: (sessionRef) =>
        sql<Rows.StartRow>`SELECT * FROM starts WHERE session_ref = ${sessionRef}`.pipe(
          Effect.map((rows) => first(rows, Rows.startFromRow)),
          unavailable("findStart")
        ),
      findReservedStart: ({ environment, fingerprint, userId }) =>
        sql<Rows.StartRow>`SELECT * FROM starts WHERE environment = ${environment} AND user_id = ${userId}
          AND fingerprint = ${fingerprint} AND state = 'reserved'`.pipe(
          Effect.map((rows) => first(rows, Rows.startFromRow)),
          unavailable("findReservedStart")
        ),
      endStart: (sessionRef, end) =>
        sql`UPDATE starts SET state = ${end.state}, failure = ${end.failure}, retry_after_ms = ${end.retryAfterMillis}
          WHERE session_ref = ${sessionRef} AND state = 'reserved' RETURNING session_ref`.pipe(
          Effect.map((rows) => rows.length > 0),
          unavailable("endStart")
        ),
      startsSince: ({ environment, userId }, since) =>
        sql<Rows.StartRow>`SELECT * FROM starts WHERE environment = ${environment} AND user_id = ${userId}
          AND created_at > ${since} ORDER BY created_at`.pipe(
          Effect.map((rows) => rows.map(Rows.startFromRow)),
          unavailable("startsSince")
        ),

      findIdempotency: ({ environment, userId }, keyHash) =>
        sql<Rows.IdempotencyRow>`SELECT * FROM idempotency_keys WHERE environment = ${environment}
          AND user_id = ${userId} AND key_hash = ${keyHash}`.pipe(
          Effect.map((rows) => first(rows, Rows.idempotencyFromRow)),
          unavailable("findIdempotency")
        ),
      putIdempotency: (record) =>
        sql`INSERT INTO idempotency_keys ${sql.insert({ ...Rows.idempotencyToRow(record) })}
          ON CONFLICT (environment, user_id, key_hash) DO UPDATE SET request_hash = excluded.request_hash,
          session_ref = excluded.session_ref, status = excluded.status, created_at = excluded.created_at`.pipe(
          Effect.asVoid,
          unavailable("putIdempotency")
        ),
      deleteIdempotency: (sessionRef) =>
        sql`DELETE FROM idempotency_keys WHERE session_ref = ${sessionRef} AND status IS NULL`.pipe(
          Effect.asVoid,
          unavailable("deleteIdempotency")
        ),
      completeIdempotency: (sessionRef, status) =>
        sql`UPDATE idempotency_keys SET status = ${status} WHERE session_ref = ${sessionRef} AND status IS NULL`.pipe(
          Effect.asVoid,
          unavailable("completeIdempotency")
        ),

      claimIdentifier: ({ environment, hash, kind, sessionRef, source }) =>
        sql<{ session_ref: string; shared: number }>`INSERT INTO identifiers
          ${sql.insert({ environment, hash, session_ref: sessionRef, kind, source, shared: 0 })}
          ON CONFLICT (environment, hash) DO UPDATE SET
          shared = CASE WHEN identifiers.session_ref = excluded.session_ref THEN identifiers.shared ELSE 1 END
          RETURNING session_ref, shared`.pipe(
          Effect.map((rows) => first(rows, found) ?? { sessionRef, shared: false }),
          unavailable("claimIdentifier")
        ),
      findIdentifiers: (environment, hashes) =>
        hashes.length === 0
          ? Effect.succeed([])
          : sql<{ session_ref: string; shared: number }>`SELECT session_ref, shared FROM identifiers
              WHERE environment = ${environment} AND ${sql.in("hash", hashes)}`.pipe(
              Effect.map((rows) => rows.map(found)),
              unavailable("findIdentifiers")
            ),

      insertEvent: (event) =>
        sql<Rows.EventRow>`INSERT INTO events ${sql.insert({ ...Rows.eventToRow(event) })}
          ON CONFLICT (environment, dedupe_key) DO UPDATE SET copies = events.copies + 1 RETURNING *`.pipe(
          Effect.map((rows) => {
            const stored = first(rows, Rows.eventFromRow) ?? event
            return { _tag: stored.id === event.id ? "New" : "Duplicate", event: stored } as const
          }),
          unavailable("insertEvent")
        ),
      updateEvent: (event) =>
        sql`UPDATE events SET ${sql.update({ ...Rows.eventToRow(event) }, ["id", "dedupe_key", "environment"])}
          WHERE id = ${event.id}`.pipe(Effect.asVoid, unavailable("updateEvent")),
      findEvent: (id) =>
        sql<Rows.EventRow>`SELECT * FROM events WHERE id = ${id}`.pipe(
          Effect.map((rows) => first(rows, Rows.eventFromRow)),
          unavailable("findEvent")
        ),
      countingEvents: (sessionRef) =>
        sql<Rows.EventRow>`SELECT * FROM events WHERE session_ref = ${sessionRef}
          AND state IN ('applied', 'superseded')`.pipe(
          Effect.map((rows) => rows.map(Rows.eventFromRow)),
          unavailable("countingEvents")
        ),

      insertCandidates: (event, hashes) =>
        hashes.length === 0
          ? Effect.void
          : sql`INSERT INTO event_candidates ${sql.insert(
              hashes.map((hash) => ({ environment: event.environment, hash, event_id: event.id }))
            )} ON CONFLICT DO NOTHING`.pipe(Effect.asVoid, unavailable("insertCandidates")),
      deleteCandidates: (eventId) =>
        sql`DELETE FROM event_candidates WHERE event_id = ${eventId}`.pipe(
          Effect.asVoid,
          unavailable("deleteCandidates")
        ),
      candidatesOf: (eventId) =>
        sql<{ hash: string }>`SELECT hash FROM event_candidates WHERE event_id = ${eventId}`.pipe(
          Effect.map((rows) => rows.map((row) => row.hash)),
          unavailable("candidatesOf")
        ),
      waitingEvents: (environment, hashes) =>
        hashes.length === 0
          ? Effect.succeed([])
          : sql<Rows.EventRow>`SELECT * FROM events WHERE state = 'unmatched' AND id IN (
              SELECT event_id FROM event_candidates WHERE environment = ${environment} AND ${sql.in("hash", hashes)}
            )`.pipe(
              Effect.map((rows) => rows.map(Rows.eventFromRow)),
              unavailable("waitingEvents")
            ),

      insertVerdict: ({ at, eventId, sequence, sessionRef, verdict }) =>
        sql`INSERT INTO verdicts ${sql.insert({
          session_ref: sessionRef,
          sequence,
          status: verdict.status,
          reason: verdict.reason,
          event_id: eventId,
          at
        })}`.pipe(Effect.asVoid, unavailable("insertVerdict"))
    })
  })
)
