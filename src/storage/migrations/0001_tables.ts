import { SqlClient } from "@effect/sql"
import { Effect } from "effect"

/** Only where several processes share a database; a process alone keeps these in memory. */
const shared = [
  `CREATE SEQUENCE rejected_deliveries_counted`,
  `CREATE TABLE rejected_deliveries (
    number BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    reason TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    diagnosis TEXT NOT NULL
  )`,
  `CREATE UNLOGGED TABLE wait_slots (
  user_hash TEXT NOT NULL,
  slot INTEGER NOT NULL,
  holder TEXT NOT NULL,
  until TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (user_hash, slot)
)`
]

interface Types {
  readonly text: string
  readonly bytes: string
  /** For a table that is nothing but its key: SQLite keeps it in that order, with no index beside it. */
  readonly byKey: string
}

/** Text is compared byte by byte, whatever the language of the database. */
const postgresql: Types = { text: `TEXT COLLATE "C"`, bytes: "BYTEA", byKey: "" }
const sqlite: Types = { text: "TEXT", bytes: "BLOB", byKey: "WITHOUT ROWID" }

const statements = ({ byKey, bytes, text }: Types) => [
  `CREATE TABLE sessions (
    session_ref ${text} PRIMARY KEY,
    user_id ${text} NOT NULL,
    environment ${text} NOT NULL,
    product ${text} NOT NULL,
    model ${text} NOT NULL,
    confirmable INTEGER NOT NULL,
    fingerprint ${text} NOT NULL,
    reference ${text},
    open INTEGER NOT NULL,
    hosted_url ${text},
    status ${text} NOT NULL,
    reason ${text},
    provider_status ${text},
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
    session_ref ${text} PRIMARY KEY,
    environment ${text} NOT NULL,
    user_id ${text} NOT NULL,
    fingerprint ${text} NOT NULL,
    state ${text} NOT NULL,
    failure ${text},
    retry_after_ms BIGINT,
    created_at BIGINT NOT NULL,
    lease_until BIGINT NOT NULL
  )`,
  `CREATE UNIQUE INDEX starts_reserved ON starts (environment, user_id, fingerprint) WHERE state = 'reserved'`,
  `CREATE INDEX starts_by_user ON starts (environment, user_id, created_at)`,
  `CREATE INDEX starts_by_age ON starts (created_at) WHERE state <> 'reserved'`,

  `CREATE TABLE idempotency_keys (
    environment ${text} NOT NULL,
    user_id ${text} NOT NULL,
    key_hash ${text} NOT NULL,
    request_hash ${text} NOT NULL,
    session_ref ${text} NOT NULL,
    status INTEGER,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (environment, user_id, key_hash)
  )`,
  `CREATE INDEX idempotency_keys_by_session ON idempotency_keys (session_ref)`,
  `CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at)`,

  `CREATE TABLE identifiers (
    environment ${text} NOT NULL,
    hash ${text} NOT NULL,
    session_ref ${text} NOT NULL,
    source ${text} NOT NULL,
    shared INTEGER NOT NULL,
    PRIMARY KEY (environment, hash)
  )`,
  `CREATE INDEX identifiers_given ON identifiers (session_ref) WHERE source IN ('provider', 'phone')`,

  `CREATE TABLE events (
    id ${text} PRIMARY KEY,
    source ${text} NOT NULL,
    environment ${text} NOT NULL,
    dedupe_key ${text} NOT NULL,
    event_id ${text},
    type ${text},
    event_environment ${text},
    product ${text},
    outcome ${text},
    provider_status ${text},
    provider_time ${text},
    verification_hash ${text},
    received_at BIGINT NOT NULL,
    scheme ${text},
    secret_index INTEGER,
    body ${bytes},
    state ${text} NOT NULL,
    why ${text},
    session_ref ${text},
    counted_at BIGINT,
    copies INTEGER NOT NULL,
    UNIQUE (environment, dedupe_key)
  )`,
  `CREATE INDEX events_by_session ON events (session_ref) WHERE session_ref IS NOT NULL`,
  `CREATE INDEX events_by_state ON events (environment, state, received_at, id)`,
  `CREATE INDEX events_by_age ON events (environment, received_at, id)`,
  `CREATE INDEX events_with_body ON events (received_at) WHERE body IS NOT NULL`,

  `CREATE TABLE event_candidates (
    environment ${text} NOT NULL,
    hash ${text} NOT NULL,
    event_id ${text} NOT NULL,
    PRIMARY KEY (environment, hash, event_id)
  ) ${byKey}`,
  `CREATE INDEX event_candidates_by_event ON event_candidates (event_id)`,

  `CREATE TABLE verdicts (
    session_ref ${text} NOT NULL,
    sequence INTEGER NOT NULL,
    status ${text} NOT NULL,
    reason ${text},
    event_id ${text},
    at BIGINT NOT NULL,
    PRIMARY KEY (session_ref, sequence)
  )`,

  `CREATE TABLE actions (
    id ${text} PRIMARY KEY,
    session_ref ${text} NOT NULL,
    environment ${text} NOT NULL,
    sequence INTEGER NOT NULL,
    type ${text} NOT NULL,
    payload ${text} NOT NULL,
    state ${text} NOT NULL,
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
    action_id ${text} NOT NULL,
    attempt INTEGER NOT NULL,
    at BIGINT NOT NULL,
    result ${text} NOT NULL,
    status INTEGER,
    answer ${text} NOT NULL,
    PRIMARY KEY (action_id, attempt)
  )`,
  `CREATE INDEX action_attempts_by_age ON action_attempts (at)`,

  `CREATE TABLE polls (
    session_ref ${text} PRIMARY KEY,
    environment ${text} NOT NULL,
    product ${text} NOT NULL,
    provider_session_id ${text} NOT NULL,
    attempts INTEGER NOT NULL,
    next_at BIGINT NOT NULL
  )`,
  `CREATE INDEX polls_due ON polls (next_at)`,

  `CREATE TABLE audit (
    id ${text} PRIMARY KEY,
    at BIGINT NOT NULL,
    actor ${text} NOT NULL,
    address ${text} NOT NULL,
    action ${text} NOT NULL,
    target ${text},
    details ${text} NOT NULL
  )`,
  `CREATE INDEX audit_by_age ON audit (at, id)`,
  `CREATE INDEX audit_by_target ON audit (target) WHERE target IS NOT NULL`
]

export default Effect.flatMap(SqlClient.SqlClient, (sql) =>
  Effect.forEach(
    sql.onDialectOrElse({
      pg: () => [...statements(postgresql), ...shared],
      orElse: () => statements(sqlite)
    }),
    (statement) => sql.unsafe(statement),
    { discard: true }
  )
)
