import type { Backend } from "./Backend.js"
import { cachedUser } from "./Credentials.js"
import { open } from "./Database.js"
import { databaseFile } from "./Environment.js"
import { generateByPool } from "./Generate.js"
import { groupCommit } from "./GroupCommit.js"
import { isSigned } from "./Signature.js"
import { makeStart } from "./Starting.js"
import { prepare, type Session } from "./Statements.js"
import { applyWebhook, readWebhook } from "./Webhook.js"

const most = 100_000

/** The same with the service's own techniques: token cache, row cache, group commit, a pool to the provider. */
export const tunedBackend = (): Backend => {
  const database = open(databaseFile())
  const statements = prepare(database)
  const commit = groupCommit(database)
  const rows = new Map<string, Session>()

  const read = (userId: string, sessionRef: string) => {
    const session = statements.find.get(sessionRef, userId)
    if (session === undefined) return undefined
    if (rows.size >= most) rows.clear()
    rows.set(sessionRef, session)
    return session
  }

  return {
    userOf: cachedUser,
    status: (userId, sessionRef) => {
      const row = rows.get(sessionRef)
      return row === undefined ? read(userId, sessionRef) : row.user_id === userId ? row : undefined
    },
    start: makeStart(statements, generateByPool(), (session) =>
      commit(() => void statements.insertSession.run(session))
    ),
    receive: async (body, signature, timestamp) => {
      if (!isSigned(body, signature, timestamp)) return false
      const webhook = readWebhook(body)
      if (webhook === null) return true
      let changed: string | null = null
      await commit(() => {
        changed = applyWebhook(statements, webhook)
        if (changed !== null) rows.delete(changed)
      })
      return true
    },
    ping: () => void statements.ping.get()
  }
}
