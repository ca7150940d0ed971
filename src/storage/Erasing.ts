import { Effect } from "effect"
import type { AuditEntry } from "../domain/Audit.js"
import { identifier } from "../domain/Correlation.js"
import type { InboxEvent } from "../domain/InboxEvent.js"
import type { Session } from "../domain/Session.js"
import { VerdictPolicy } from "../sessions/VerdictPolicy.js"
import { userLock } from "./Locks.js"
import { Tables, type UserOf } from "./Tables.js"

/** How a user is forgotten. Inside a caller's transaction. */
export const makeErase = Effect.gen(function* () {
  const { environment } = yield* VerdictPolicy
  const tables = yield* Tables

  const sessionsOf = Effect.fnUntraced(function* (user: UserOf) {
    const found: Array<Session> = []
    while (true) {
      const last = found.at(-1)
      const before = last === undefined ? null : { at: last.createdAt, id: last.sessionRef }
      const page = yield* tables.sessions.list(user, before, 100)
      if (page.length === 0) return found
      found.push(...page)
    }
  })

  /** An event stays known by its dedupe key, so that the provider cannot bring it back by sending it again. */
  const forgotten = (event: InboxEvent): InboxEvent => ({
    ...event,
    eventId: null,
    outcome: null,
    providerStatus: null,
    verificationHash: null,
    body: null,
    state: "ignored",
    why: "erased",
    sessionRef: null,
    countedAt: null
  })

  return Effect.fnUntraced(function* (userId: string, audit: (sessions: number) => AuditEntry) {
    const user = { environment, userId }
    yield* tables.lock([userLock(user)])
    const sessions = yield* sessionsOf(user)
    for (const session of sessions) {
      const { sessionRef } = session
      const known = [identifier("session_ref", sessionRef).hash]
      yield* tables.sessions.hold(sessionRef)
      for (const { id } of yield* tables.events.ofSession(sessionRef)) {
        const event = yield* tables.events.hold(id)
        if (event?.sessionRef !== sessionRef) continue
        known.push(...(yield* tables.events.candidatesOf(id)))
        if (event.verificationHash !== null) known.push(event.verificationHash)
        yield* tables.events.deleteCandidates(id)
        yield* tables.events.replace(forgotten(event))
      }
      yield* tables.actions.deleteOf(sessionRef)
      yield* tables.pastVerdicts.deleteOf(sessionRef)
      yield* tables.polls.delete(sessionRef)
      yield* tables.identifiers.deleteOf(session, known)
      yield* tables.sessions.delete(sessionRef)
    }
    yield* tables.starts.deleteOfUser(user)
    yield* tables.idempotency.deleteOfUser(user)
    yield* tables.audit.insert(audit(sessions.length))
    return sessions.map((session) => session.sessionRef)
  })
})
