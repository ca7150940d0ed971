import { Array, Effect, Layer } from "effect"
import { identifier } from "../domain/Correlation.js"
import { allOf } from "../domain/Cursor.js"
import { mayBeOwnId } from "../domain/OwnId.js"
import type { Session } from "../domain/Session.js"
import { lastChange } from "../domain/VerdictChange.js"
import { countedAtMost, isAmong, Records, type SessionFilter } from "../operators/Records.js"
import { SessionNotFound } from "../sessions/SessionErrors.js"
import { VerdictPolicy } from "../sessions/VerdictPolicy.js"
import { Tables } from "./Tables.js"

const expiredLookedAt = 1000

/** What operators read, over any `Tables`. */
export const recordsLayer: Layer.Layer<Records, never, Tables | VerdictPolicy> = Layer.effect(
  Records,
  Effect.gen(function* () {
    const { actions, audit, events, identifiers, pastVerdicts, sessions, starts, transaction } = yield* Tables
    const { environment } = yield* VerdictPolicy

    /** Up to the verdict that the session was read with, whatever has been decided since. */
    const historyOf = (session: Session) =>
      Effect.map(pastVerdicts.ofSession(session.sessionRef), (past) => [
        ...past.filter(({ sequence }) => sequence < session.sequence),
        ...Array.fromNullable(lastChange(session))
      ])

    const record = Effect.fnUntraced(function* (sessionRef: string) {
      const session = mayBeOwnId(sessionRef) ? yield* sessions.find(sessionRef) : null
      if (session === null || session.environment !== environment) return yield* new SessionNotFound()
      const ofEvents = yield* events.ofSession(sessionRef)
      const ofActions = yield* actions.ofSession(sessionRef)
      return {
        session,
        start: yield* starts.find(sessionRef),
        events: ofEvents,
        verdicts: yield* historyOf(session),
        actions: ofActions,
        attempts: yield* actions.attemptsOf(sessionRef),
        audit: yield* audit.ofTargets([...ofEvents, ...ofActions].map(({ id }) => id))
      }
    })

    /** Who has this `verification_id`, if that is among those who are asked for. */
    const identified = Effect.fnUntraced(function* (verificationId: string, filter: SessionFilter) {
      const { hash } = identifier("verification_id", verificationId)
      const [known] = yield* identifiers.find(environment, [hash])
      const session = known === undefined || known.shared ? null : yield* sessions.find(known.sessionRef)
      return session !== null && isAmong(filter, session) ? [session] : []
    })

    return Records.of({
      sessions: ({ environment: wanted, verificationId, ...filter }, page) => {
        if (wanted !== undefined && wanted !== environment) return Effect.succeed(allOf([]))
        return verificationId === undefined
          ? sessions.search(environment, filter, page)
          : Effect.map(identified(verificationId, filter), allOf)
      },
      session: (sessionRef) => transaction("Records.session", record(sessionRef)),
      figures: Effect.all({
        unmatchedEvents: events.count(environment, "unmatched", countedAtMost),
        expiredWithoutEvent: sessions.countExpiredWithoutEvent(environment, expiredLookedAt),
        pendingActions: actions.count(environment, "pending", countedAtMost),
        deadActions: actions.count(environment, "dead", countedAtMost),
        oldestPendingAction: actions.oldestPending(environment)
      }),
      audit: audit.list
    })
  })
)
