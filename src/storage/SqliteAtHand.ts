import { Context, Exit } from "effect"
import type { Session } from "../domain/Session.js"
import type { SqliteReader } from "./SqliteConnections.js"
import { sessionFrom, sessionOf } from "./sql/SessionsSql.js"
import { makeSql } from "./sql/Sql.js"
import { isEnded } from "./sql/Statement.js"

/** How many sessions are remembered between two commits. */
const most = 10_000

/** Sessions of a file. They are remembered until anybody commits anything, in this process or in another. */
export const sqliteAtHand = ({ execute, version }: SqliteReader) => {
  const sql = makeSql("sqlite", execute)
  const sessions = new Map<string, Session>()
  let readAt: number | null = null

  const read = (sessionRef: string): Session | null => {
    const rows = sessionOf(sql, sessionRef).run(Context.empty())
    const row = isEnded(rows) && Exit.isSuccess(rows) ? rows.value[0] : undefined
    if (row === undefined) return null
    const session = sessionFrom(row)
    if (sessions.size < most) sessions.set(sessionRef, session)
    return session
  }

  return {
    find: (sessionRef: string): Session | null => {
      const now = version()
      if (now === null) return null
      if (now !== readAt) sessions.clear()
      readAt = now
      return sessions.get(sessionRef) ?? read(sessionRef)
    }
  }
}
