import Sqlite from "better-sqlite3"

export type Database = Sqlite.Database

export const schema = `
  CREATE TABLE sessions (
    session_ref TEXT PRIMARY KEY,
    user_id TEXT NOT NULL,
    product TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    open INTEGER NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    hosted_url TEXT,
    status TEXT NOT NULL,
    reason TEXT,
    sequence INTEGER NOT NULL,
    provider_time TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
  );
  CREATE UNIQUE INDEX sessions_open ON sessions (user_id, fingerprint) WHERE open = 1;
  CREATE INDEX sessions_by_user ON sessions (user_id, created_at);
  CREATE TABLE events (
    id TEXT PRIMARY KEY,
    dedupe_key TEXT NOT NULL UNIQUE,
    event_id TEXT,
    type TEXT NOT NULL,
    session_ref TEXT,
    state TEXT NOT NULL,
    body BLOB NOT NULL,
    received_at INTEGER NOT NULL
  );
  CREATE INDEX events_by_session ON events (session_ref);
  CREATE TABLE outbox (
    id TEXT PRIMARY KEY,
    session_ref TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL,
    next_attempt_at INTEGER NOT NULL,
    UNIQUE (session_ref, sequence)
  );
  CREATE INDEX outbox_due ON outbox (next_attempt_at) WHERE state = 'pending';
`

/** A commit that was acknowledged survives a power cut. */
export const open = (filename: string): Database => {
  const database = new Sqlite(filename)
  database.pragma("journal_mode = WAL")
  database.pragma("synchronous = FULL")
  return database
}
