import type { Database } from "./Database.js"

export interface Session {
  readonly session_ref: string
  readonly user_id: string
  readonly product: string
  readonly fingerprint: string
  readonly open: number
  readonly token_hash: string
  readonly hosted_url: string | null
  readonly status: "pending" | "pass" | "fail"
  readonly reason: string | null
  readonly sequence: number
  readonly provider_time: string | null
  readonly created_at: number
  readonly updated_at: number
  readonly expires_at: number
}

export interface StoredEvent {
  readonly id: string
  readonly dedupe_key: string
  readonly event_id: string | null
  readonly type: string
  readonly session_ref: string | null
  readonly state: "applied" | "superseded" | "unmatched" | "ignored"
  readonly body: Buffer
  readonly received_at: number
}

const sessionColumns = [
  "session_ref",
  "user_id",
  "product",
  "fingerprint",
  "open",
  "token_hash",
  "hosted_url",
  "status",
  "reason",
  "sequence",
  "provider_time",
  "created_at",
  "updated_at",
  "expires_at"
]

export type Statements = ReturnType<typeof prepare>

/** Every statement, prepared once. */
export const prepare = (database: Database) => ({
  ping: database.prepare("SELECT 1"),
  find: database.prepare<[string, string], Session>(
    "SELECT * FROM sessions WHERE session_ref = ? AND user_id = ?"
  ),
  findByToken: database.prepare<[string], Session>("SELECT * FROM sessions WHERE token_hash = ?"),
  findOpen: database.prepare<[string, string], Session>(
    "SELECT * FROM sessions WHERE user_id = ? AND fingerprint = ? AND open = 1"
  ),
  startsSince: database
    .prepare<[string, number], number>("SELECT count(*) FROM sessions WHERE user_id = ? AND created_at > ?")
    .pluck(),
  insertSession: database.prepare<[Session]>(
    `INSERT INTO sessions (${sessionColumns.join(", ")})
     VALUES (${sessionColumns.map((column) => `@${column}`).join(", ")})`
  ),
  insertEvent: database.prepare<[StoredEvent]>(
    `INSERT INTO events (id, dedupe_key, event_id, type, session_ref, state, body, received_at)
     VALUES (@id, @dedupe_key, @event_id, @type, @session_ref, @state, @body, @received_at)
     ON CONFLICT (dedupe_key) DO NOTHING`
  ),
  decide: database.prepare<[string, string | null, string, number, string]>(
    `UPDATE sessions SET status = ?, reason = ?, provider_time = ?, updated_at = ?,
     sequence = sequence + 1, open = 0, hosted_url = NULL WHERE session_ref = ?`
  ),
  insertAction: database.prepare<[string, string, number, string, number]>(
    `INSERT INTO outbox (id, session_ref, sequence, payload, state, next_attempt_at)
     VALUES (?, ?, ?, ?, 'pending', ?)`
  )
})
