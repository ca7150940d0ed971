import { Effect, Layer } from "effect"
import { mayBeOwnId } from "../domain/OwnId.js"
import { Records } from "../operators/Records.js"
import { SessionNotFound } from "../sessions/SessionErrors.js"
import { VerdictPolicy } from "../sessions/VerdictPolicy.js"
import { Tables } from "./Tables.js"

/** What operators read, over any `Tables`. */
export const recordsLayer: Layer.Layer<Records, never, Tables | VerdictPolicy> = Layer.effect(
  Records,
  Effect.gen(function* () {
    const { actions, audit, events, sessions, transaction, verdicts } = yield* Tables
    const { environment } = yield* VerdictPolicy

    const record = Effect.fnUntraced(function* (sessionRef: string) {
      const session = mayBeOwnId(sessionRef) ? yield* sessions.find(sessionRef) : null
      if (session === null || session.environment !== environment) return yield* new SessionNotFound()
      return {
        session,
        events: yield* events.ofSession(sessionRef),
        verdicts: yield* verdicts.ofSession(sessionRef),
        actions: yield* actions.ofSession(sessionRef),
        attempts: yield* actions.attemptsOf(sessionRef)
      }
    })

    return Records.of({
      session: (sessionRef) => transaction("Records.session", record(sessionRef)),
      figures: Effect.all({
        unmatchedEvents: events.count(environment, "unmatched"),
        expiredWithoutEvent: sessions.countExpiredWithoutEvent(environment),
        pendingActions: actions.count(environment, "pending"),
        deadActions: actions.count(environment, "dead")
      }),
      audit: audit.list
    })
  })
)
