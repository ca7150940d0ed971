import { SqlClient } from "@effect/sql"
import { Effect } from "effect"

const statements = [
  `CREATE TABLE sessions (
    session_ref TEXT PRIMARY KEY,
    user_id TEXT NOT NULL,
    environment TEXT NOT NULL,
    product TEXT NOT NULL,
    model TEXT NOT NULL,
    confirmable INTEGER NOT NULL,
    fingerprint TEXT NOT NULL,
    reference TEXT,
    open INTEGER NOT NULL,
    hosted_url TEXT,
    status TEXT NOT NULL,
    reason TEXT,
    provider_status TEXT,
    sequence INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    expiry_due_at BIGINT,
    expired_at BIGINT,
    decided_at BIGINT
  )`,
  `CREATE UNIQUE INDEX sessions_open ON sessions (environment, user_id, fingerprint) WHERE open = 1`,
  `CREATE INDEX sessions_by_user ON sessions (environment, user_id, created_at, session_ref)`,
  `CREATE INDEX sessions_due ON sessions (environment, expiry_due_at) WHERE expiry_due_at IS NOT NULL`,
  `CREATE INDEX sessions_expired ON sessions (environment, session_ref) WHERE reason = 'expired'`,

  `CREATE TABLE starts (
    session_ref TEXT PRIMARY KEY,
    environment TEXT NOT NULL,
    user_id TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    state TEXT NOT NULL,
    failure TEXT,
    retry_after_ms BIGINT,
    created_at BIGINT NOT NULL,
    lease_until BIGINT NOT NULL
  )`,
  `CREATE UNIQUE INDEX starts_reserved ON starts (environment, user_id, fingerprint) WHERE state = 'reserved'`,
  `CREATE INDEX starts_by_user ON starts (environment, user_id, created_at)`,
  `CREATE INDEX starts_by_age ON starts (created_at) WHERE state <> 'reserved'`,

  `CREATE TABLE idempotency_keys (
    environment TEXT NOT NULL,
    user_id TEXT NOT NULL,
    key_hash TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    session_ref TEXT NOT NULL,
    status INTEGER,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (environment, user_id, key_hash)
  )`,
  `CREATE INDEX idempotency_keys_by_session ON idempotency_keys (session_ref)`,
  `CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at)`,

  `CREATE TABLE identifiers (
    environment TEXT NOT NULL,
    hash TEXT NOT NULL,
    session_ref TEXT NOT NULL,
    kind TEXT NOT NULL,
    source TEXT NOT NULL,
    shared INTEGER NOT NULL,
    PRIMARY KEY (environment, hash)
  )`,
  `CREATE INDEX identifiers_by_session ON identifiers (session_ref)`,

  `CREATE TABLE events (
    id TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    environment TEXT NOT NULL,
    dedupe_key TEXT NOT NULL,
    event_id TEXT,
    type TEXT,
    event_environment TEXT,
    product TEXT,
    outcome TEXT,
    provider_status TEXT,
    provider_time TEXT,
    verification_hash TEXT,
    received_at BIGINT NOT NULL,
    scheme TEXT,
    secret_index INTEGER,
    body BLOB,
    state TEXT NOT NULL,
    why TEXT,
    session_ref TEXT,
    counted_at BIGINT,
    copies INTEGER NOT NULL,
    UNIQUE (environment, dedupe_key)
  )`,
  `CREATE INDEX events_by_session ON events (session_ref) WHERE session_ref IS NOT NULL`,
  `CREATE INDEX events_by_state ON events (environment, state, received_at, id)`,
  `CREATE INDEX events_by_age ON events (environment, received_at, id)`,
  `CREATE INDEX events_with_body ON events (received_at) WHERE body IS NOT NULL`,

  `CREATE TABLE event_candidates (
    environment TEXT NOT NULL,
    hash TEXT NOT NULL,
    event_id TEXT NOT NULL,
    PRIMARY KEY (environment, hash, event_id)
  )`,
  `CREATE INDEX event_candidates_by_event ON event_candidates (event_id)`,

  `CREATE TABLE verdicts (
    session_ref TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    status TEXT NOT NULL,
    reason TEXT,
    event_id TEXT,
    at BIGINT NOT NULL,
    PRIMARY KEY (session_ref, sequence)
  )`,

  `CREATE TABLE actions (
    id TEXT PRIMARY KEY,
    session_ref TEXT NOT NULL,
    environment TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    type TEXT NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    next_attempt_at BIGINT NOT NULL,
    finished_at BIGINT,
    UNIQUE (session_ref, sequence)
  )`,
  `CREATE INDEX actions_due ON actions (next_attempt_at) WHERE state = 'pending'`,
  `CREATE INDEX actions_by_state ON actions (environment, state, created_at, id)`,
  `CREATE INDEX actions_by_age ON actions (environment, created_at, id)`,

  `CREATE TABLE action_attempts (
    action_id TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    at BIGINT NOT NULL,
    result TEXT NOT NULL,
    status INTEGER,
    answer TEXT NOT NULL,
    PRIMARY KEY (action_id, attempt)
  )`,
  `CREATE INDEX action_attempts_by_age ON action_attempts (at)`,

  `CREATE TABLE polls (
    session_ref TEXT PRIMARY KEY,
    environment TEXT NOT NULL,
    product TEXT NOT NULL,
    provider_session_id TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_at BIGINT NOT NULL
  )`,
  `CREATE INDEX polls_due ON polls (next_at)`,

  `CREATE TABLE audit (
    id TEXT PRIMARY KEY,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    address TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT,
    details TEXT NOT NULL
  )`,
  `CREATE INDEX audit_by_age ON audit (at, id)`
]

export default Effect.flatMap(SqlClient.SqlClient, (sql) =>
  Effect.forEach(statements, (statement) => sql.unsafe(statement), { discard: true })
)
