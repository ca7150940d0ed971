import Sqlite from "better-sqlite3"
import type { Seeded } from "./Population.js"
import { eventIdOf } from "./Requests.js"

const column = (databaseFile: string, query: string): ReadonlyArray<unknown> => {
  const database = new Sqlite(databaseFile, { readonly: true })
  try {
    return database.prepare(query).pluck().all()
  } finally {
    database.close()
  }
}

/** Reads the database of a contestant that was killed: whatever it acknowledged has to be there. */
export const checkWebhooks = (
  name: string,
  databaseFile: string,
  hands: ReadonlyArray<ReadonlyArray<Seeded>>,
  acknowledged: ReadonlyArray<number>
): void => {
  const events = new Set(column(databaseFile, "SELECT event_id FROM events"))
  const passed = new Set(column(databaseFile, "SELECT session_ref FROM sessions WHERE status = 'pass'"))
  const sessions = hands.flatMap((hand, i) => hand.slice(0, acknowledged[i] ?? 0))
  const lost = sessions.filter(
    (session) => !events.has(eventIdOf(session)) || !passed.has(session.sessionRef)
  )
  if (lost.length > 0) throw new Error(`${name}: ${lost.length} acknowledged webhooks are not on disk`)
}

export const checkStarts = (
  name: string,
  databaseFile: string,
  users: ReadonlyArray<ReadonlyArray<string>>,
  acknowledged: ReadonlyArray<number>
): void => {
  const stored = new Set(column(databaseFile, "SELECT user_id FROM sessions WHERE sequence = 0"))
  const lost = users
    .flatMap((hand, i) => hand.slice(0, acknowledged[i] ?? 0))
    .filter((user) => !stored.has(user))
  if (lost.length > 0) throw new Error(`${name}: ${lost.length} acknowledged starts are not on disk`)
}
