import { SqlClient } from "@effect/sql"
import { assert } from "@effect/vitest"
import { Duration, Effect, Layer } from "effect"
import { postgresClient } from "../../src/storage/PostgresDatabase.js"
import { emptyDatabase, postgresOptions } from "../postgres/database.js"
import type { Asked } from "./statements.js"

export interface Traffic {
  readonly sessions: number
  /** 1: as many a day all year; 3: most of them lately, as in a service that grows. */
  readonly growth: number
}

/** The time at which the year of traffic ends. */
const now = 1_790_000_000_000
const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const year = 365 * day
const bodies = now - 30 * day
const daily = now - day

/** Erased every hour: what has become old since the last time is still there. */
const unerased = (cutoff: number) => `at > ${cutoff - hour}`

const functions = [
  `CREATE FUNCTION pg_temp.hashed(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN translate(encode(sha256(convert_to(value, 'UTF8')), 'base64'), '+/=', '-_')`,
  `CREATE FUNCTION pg_temp.token(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN left(pg_temp.hashed(value), 32)`
]

/** One row for each session: what became of it. Most are decided, few expired, hardly any open or in review. */
const sessionsOf = ({ growth, sessions }: Traffic) => [
  "SELECT setseed(0.5)",
  `CREATE TEMPORARY TABLE rolled AS SELECT i, (${now} - ${year} * power(1 - i / ${sessions}.0, ${growth}))::bigint AS at,
    random() AS fate, random() AS way, random() AS detour, random() AS luck
    FROM generate_series(1, ${sessions}) AS i`,
  `CREATE TEMPORARY TABLE traffic AS SELECT i, at, detour < 0.1 AS reviewed, luck,
    'vs_' || pg_temp.token('session' || i) AS ref,
    left(pg_temp.hashed('user' || i % (${sessions} / 2)), 36) AS user_id,
    CASE WHEN way < 0.5 THEN 'hosted' WHEN way < 0.9 THEN 'mobile' ELSE 'flow' END AS model,
    CASE WHEN way < 0.7 THEN 'verifyidentity' ELSE 'verifyage' END AS product,
    CASE WHEN at > ${now - 66 * minute} AND fate < 0.7 THEN 'pending'
      WHEN fate < 0.76 THEN 'pass' WHEN fate < 0.85 THEN 'declined' WHEN fate < 0.86 THEN 'provider_error'
      WHEN fate < 0.98 THEN 'expired' WHEN fate < 0.995 AND at > ${now - 14 * day} THEN 'in_review'
      WHEN fate < 0.995 THEN 'pass' ELSE 'unconfirmable' END AS kind
    FROM rolled`,
  `CREATE TEMPORARY TABLE changes AS
    SELECT *, 1 AS sequence, 'in_review' AS change, at + 60000 AS changed_at FROM traffic
      WHERE reviewed AND kind NOT IN ('pending', 'unconfirmable', 'in_review')
    UNION ALL SELECT *, CASE WHEN reviewed AND kind <> 'in_review' THEN 2 ELSE 1 END, kind,
      at + CASE kind WHEN 'expired' THEN ${65 * minute} ELSE 90000 END FROM traffic
      WHERE kind NOT IN ('pending', 'unconfirmable')
    ORDER BY changed_at`
]

const status = (kind: string) =>
  `CASE WHEN ${kind} = 'pass' THEN 'pass' WHEN ${kind} IN ('declined', 'provider_error', 'expired') THEN 'fail' ELSE 'pending' END`
const reason = (kind: string) =>
  `CASE ${kind} WHEN 'pass' THEN NULL WHEN 'pending' THEN 'awaiting_result' ELSE ${kind} END`
const sequence = `CASE WHEN kind IN ('pending', 'unconfirmable') THEN 0 WHEN reviewed AND kind <> 'in_review' THEN 2 ELSE 1 END`
const cause = (change: string, sequence: string) =>
  `CASE WHEN ${change} NOT IN ('pending', 'unconfirmable', 'expired') THEN 'ev_' || pg_temp.token(ref || ${sequence}) END`

const tables = ({ sessions }: Traffic) => [
  `INSERT INTO sessions SELECT ref, user_id, 'test', product, model, (kind <> 'unconfirmable')::int,
    pg_temp.hashed(product), 'order-' || i, (i > ${sessions} / 2 AND ${status("kind")} = 'pending' OR luck < 0.5
      AND i > ${sessions} / 2 AND kind = 'expired')::int,
    CASE WHEN kind = 'pending' AND model <> 'mobile' THEN 'https://app.verifyhuman.io/hosted/v/' || ref END,
    ${status("kind")}, ${reason("kind")}, CASE WHEN kind IN ('pass', 'declined') THEN upper(kind) END,
    ${sequence},
    at, at + 90000, at + ${hour},
    CASE kind WHEN 'pending' THEN at + ${65 * minute} WHEN 'in_review' THEN at + ${14 * day} END,
    CASE kind WHEN 'expired' THEN at + ${65 * minute} END,
    CASE WHEN ${status("kind")} <> 'pending' THEN at + 90000 END,
    ${cause("kind", sequence)} FROM traffic ORDER BY i`,
  `INSERT INTO starts SELECT ref, 'test', user_id, pg_temp.hashed(product), 'opened', NULL, NULL, at, at + 15000
    FROM traffic WHERE ${unerased(daily)}
    UNION ALL SELECT 'vs_' || pg_temp.token('failed' || i), 'test', user_id, pg_temp.hashed(product), 'failed',
      'provider_unavailable', 30000, at, at + 15000 FROM traffic WHERE ${unerased(daily)} AND i % 20 = 0
    UNION ALL SELECT 'vs_' || pg_temp.token('reserved' || i), 'test', 'reserving-' || i, pg_temp.hashed(product),
      'reserved', NULL, NULL, ${now} - i * 100, ${now} + 15000 - i * 100 FROM traffic WHERE i <= 20`,
  `INSERT INTO idempotency_keys SELECT 'test', user_id, pg_temp.hashed('key' || i), pg_temp.hashed('request' || i), ref, 201, at
    FROM traffic WHERE ${unerased(daily)} AND model <> 'mobile'`,
  `INSERT INTO identifiers SELECT 'test',
    CASE known.kind WHEN 'session_ref' THEN ref ELSE pg_temp.hashed(known.kind || ref) END, ref, source, 0 FROM traffic,
    LATERAL (VALUES ('session_ref', 'service', TRUE), ('token', 'provider', model = 'hosted'),
      ('session_id', CASE model WHEN 'mobile' THEN 'phone' ELSE 'provider' END, model <> 'flow'),
      ('verification_id', 'event', traffic.kind NOT IN ('pending', 'expired', 'unconfirmable'))) AS known(kind, source, is_known)
    WHERE is_known ORDER BY i`,
  `INSERT INTO events SELECT 'ev_' || pg_temp.token(ref || sequence), 'webhook', 'test',
    pg_temp.hashed('event' || ref || sequence), 'evt_' || pg_temp.token('event' || ref || sequence),
    'verification.completed', 'test', product, CASE change WHEN 'in_review' THEN 'review' ELSE change END,
    upper(change), '2026-05-17T10:30:00.000000Z', pg_temp.hashed('verification_id' || ref), changed_at, 'body', 0,
    CASE WHEN changed_at > ${bodies - hour} THEN convert_to(pg_temp.hashed(ref) || repeat('{"body":"of about six hundred bytes"}', 15), 'UTF8') END,
    CASE WHEN change = kind THEN 'applied' ELSE 'superseded' END, NULL, ref, changed_at, 1 + (luck > 0.95)::int
    FROM changes WHERE change <> 'expired' ORDER BY changed_at`,
  `INSERT INTO events SELECT 'ev_' || pg_temp.token('stray' || i), 'webhook', 'test', pg_temp.hashed('stray' || i),
    'evt_' || pg_temp.token('stray' || i), 'verification.completed', 'test', product, 'pass', 'PASS',
    '2026-05-17T10:30:00.000000Z', pg_temp.hashed('stray' || i), at, 'body', 0,
    CASE WHEN ${unerased(bodies)} THEN convert_to(repeat('{"body":"of about six hundred bytes"}', 16), 'UTF8') END,
    CASE WHEN i % 800 = 0 THEN 'unreadable' WHEN i % 400 = 0 THEN 'unmatched' ELSE 'ignored' END,
    CASE WHEN i % 400 = 0 THEN NULL ELSE 'stale' END, NULL, NULL, 1 FROM traffic WHERE i % 200 = 0 ORDER BY i`,
  `INSERT INTO event_candidates SELECT 'test', pg_temp.hashed(carried.kind || ref), 'ev_' || pg_temp.token(ref || sequence)
    FROM changes, LATERAL (VALUES ('token'), ('session_id'), ('verification_id')) AS carried(kind)
    WHERE change <> 'expired' AND (carried.kind <> 'token' OR model = 'hosted') ORDER BY changed_at`,
  `INSERT INTO event_candidates SELECT 'test', pg_temp.hashed('stray' || carried.kind || i), 'ev_' || pg_temp.token('stray' || i)
    FROM traffic, LATERAL (VALUES ('token'), ('session_id'), ('verification_id')) AS carried(kind) WHERE i % 200 = 0`,
  `INSERT INTO past_verdicts SELECT ref, sequence, ${status("change")}, ${reason("change")}, ${cause("change", "sequence")}, changed_at
    FROM changes WHERE change <> kind ORDER BY changed_at`,
  `INSERT INTO actions SELECT 'msg_' || pg_temp.token(ref || sequence), ref, 'test', sequence,
    CASE change WHEN 'pass' THEN 'verification.passed' WHEN 'expired' THEN 'verification.expired'
      WHEN 'in_review' THEN 'verification.in_review' ELSE 'verification.failed' END,
    json_build_object('type', 'verification.passed', 'timestamp', '2026-05-17T10:30:00.000Z', 'data', json_build_object(
      'session_ref', ref, 'user_id', user_id, 'reference', 'order-' || i, 'product', product, 'environment', 'test',
      'status', ${status("change")}, 'reason', ${reason("change")}, 'previous_status', 'pending',
      'verification_id', 'ver_' || pg_temp.token(ref), 'sequence', sequence))::text,
    state, attempts, attempts, changed_at, changed_at + 300000, CASE WHEN state <> 'pending' THEN changed_at + 400 END
    FROM (SELECT *, CASE WHEN changed_at > ${now - 2 * minute} OR changed_at > ${now - day} AND luck < 0.002 THEN 'pending'
        WHEN luck > 0.999 THEN 'dead' ELSE 'delivered' END AS state,
      CASE WHEN luck > 0.999 THEN 8 ELSE 1 END AS attempts FROM changes) AS told ORDER BY changed_at`,
  `INSERT INTO action_attempts SELECT id, attempt, created_at + attempt * 1000,
    CASE state WHEN 'delivered' THEN 'delivered' ELSE 'failed' END, CASE state WHEN 'delivered' THEN 200 ELSE 503 END, 'ok'
    FROM actions, LATERAL generate_series(1, attempts) AS attempt
    WHERE created_at > ${bodies - hour} OR state = 'dead' ORDER BY created_at`,
  // As if the provider had not answered for a week: a table of a few pages is read whole, and proves nothing.
  `INSERT INTO polls SELECT ref, 'test', product, 'msess_' || pg_temp.token(ref), 5,
    ${now} + (luck * 60000)::bigint - 5000 FROM traffic WHERE model = 'mobile' AND at > ${now - 7 * day}`,
  `INSERT INTO audit SELECT 'au_' || i, at, 'token 0a1b2c3d', '10.0.0.1', 'event.link', ref, '{}'
    FROM traffic WHERE i % 10 = 0`,
  "DROP TABLE rolled, traffic, changes",
  "VACUUM ANALYZE"
]

const fill = Effect.fnUntraced(function* (traffic: Traffic) {
  const sql = yield* SqlClient.SqlClient
  yield* Effect.forEach(
    [...functions, ...sessionsOf(traffic), ...tables(traffic)],
    (text) => sql.unsafe(text),
    {
      discard: true
    }
  )
})

/** One connection, on which temporary tables and settings last, to a database of its own after a year of traffic. */
export const busyDatabase = (traffic: Traffic) =>
  Layer.effectDiscard(fill(traffic)).pipe(
    Layer.provideMerge(
      Layer.unwrapScoped(
        Effect.map(emptyDatabase, (url) =>
          postgresClient(postgresOptions(url, { poolSize: 1, statementTimeout: Duration.minutes(10) }))
        )
      )
    )
  )

interface Decided {
  readonly session_ref: string
  readonly user_id: string
  readonly fingerprint: string
  readonly event_id: string
  readonly action_id: string
  readonly key_hash: string
  readonly hashes: ReadonlyArray<string>
}

/** What the service asks at the end of that time, about each of the latest decided sessions. */
export const askedOfLatest = Effect.fnUntraced(function* (sessions: number) {
  const sql = yield* SqlClient.SqlClient
  const decided = yield* sql<Decided>`SELECT s.session_ref, s.user_id, s.fingerprint, e.id AS event_id,
    a.id AS action_id, k.key_hash, ARRAY(SELECT hash FROM identifiers i WHERE i.session_ref = s.session_ref) AS hashes
    FROM sessions s JOIN events e ON e.session_ref = s.session_ref JOIN actions a ON a.session_ref = s.session_ref
    JOIN idempotency_keys k ON k.session_ref = s.session_ref
    WHERE s.status = 'pass' AND s.model = 'hosted' ORDER BY s.created_at DESC LIMIT ${sessions}`
  assert.lengthOf(decided, sessions)
  return decided.map(
    (session): Asked => ({
      slot: { environment: "test", userId: session.user_id, fingerprint: session.fingerprint },
      sessionRef: session.session_ref,
      eventId: session.event_id,
      actionId: session.action_id,
      keyHash: session.key_hash,
      hashes: session.hashes,
      before: { at: now - hour, id: "x" },
      now,
      bodies,
      daily
    })
  )
})
