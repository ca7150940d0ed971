import { createHash } from "node:crypto"
import { identifier } from "../../src/domain/Correlation.js"
import { sha256 } from "../../src/domain/Digest.js"
import type { Seeded } from "./Population.js"
import type { Database } from "./peers/Database.js"
import { environment, product } from "./Terms.js"

/** Writes pending sessions straight into a contestant's tables. */
export type Seed = (database: Database, sessions: Iterable<Seeded>) => void

const dayMillis = 86_400_000
const hex = (text: string) => createHash("sha256").update(text).digest("hex")

const inOneTransaction = (database: Database, sessions: Iterable<Seeded>, write: (session: Seeded) => void) =>
  database.transaction(() => {
    for (const session of sessions) write(session)
  })()

export const seedPeer: Seed = (database, sessions) => {
  const now = Date.now()
  const insert = database.prepare(
    `INSERT INTO sessions (session_ref, user_id, product, fingerprint, open, token_hash, hosted_url, status,
       reason, sequence, created_at, updated_at, expires_at)
     VALUES (?, ?, ?, ?, 1, ?, ?, 'pending', 'awaiting_result', 0, ?, ?, ?)`
  )
  inOneTransaction(database, sessions, ({ sessionRef, token, userId }) => {
    const page = `https://app.verifyhuman.io/hosted/v/${token}`
    insert.run(sessionRef, userId, product, hex(sessionRef), hex(token), page, now, now, now + dayMillis)
  })
}

export const seedDropin: Seed = (database, sessions) => {
  const now = Date.now()
  const session = database.prepare(
    `INSERT INTO sessions (session_ref, user_id, environment, product, model, confirmable, fingerprint, open,
       hosted_url, status, reason, sequence, created_at, updated_at, expires_at, expiry_due_at)
     VALUES (?, ?, ?, ?, 'hosted', 1, ?, 1, ?, 'pending', 'awaiting_result', 0, ?, ?, ?, ?)`
  )
  const known = database.prepare(
    "INSERT INTO identifiers (environment, hash, session_ref, source, shared) VALUES (?, ?, ?, ?, 0)"
  )
  const expiry = now + dayMillis
  inOneTransaction(database, sessions, ({ sessionRef, token, userId }) => {
    const page = `https://app.verifyhuman.io/hosted/v/${token}`
    const fingerprint = sha256(sessionRef)
    session.run(sessionRef, userId, environment, product, fingerprint, page, now, now, expiry, expiry)
    known.run(environment, identifier("session_ref", sessionRef).hash, sessionRef, "service")
    known.run(environment, identifier("token", token).hash, sessionRef, "provider")
  })
}
