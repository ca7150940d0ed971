import { Effect } from "effect"
import { actionOf } from "../domain/Action.js"
import type { InboxEvent } from "../domain/InboxEvent.js"
import { ownId } from "../domain/OwnId.js"
import { type Session, withVerdict } from "../domain/Session.js"
import { type Evidence, rule, sameVerdict } from "../domain/Verdict.js"
import { lastChange } from "../domain/VerdictChange.js"
import { verificationIdIn } from "../domain/WebhookEvent.js"
import { Entropy } from "../sessions/Entropy.js"
import { VerdictPolicy } from "../sessions/VerdictPolicy.js"
import { Tables } from "./Tables.js"

type Deciding = Evidence & { readonly event: InboxEvent }

const evidence = (event: InboxEvent): ReadonlyArray<Deciding> =>
  event.outcome === null
    ? []
    : [
        {
          key: event.dedupeKey,
          outcome: event.outcome,
          providerTime: event.providerTime,
          countedAt: event.countedAt ?? event.receivedAt,
          event
        }
      ]

/** Folds a session's events into its verdict. A change is stored with what it sets in motion, inside the caller's transaction. */
export const makeSettle = Effect.gen(function* () {
  const tables = yield* Tables
  const policy = yield* VerdictPolicy
  const entropy = yield* Entropy

  const setInMotion = Effect.fnUntraced(function* (
    before: Session,
    after: Session,
    cause: InboxEvent | null
  ) {
    const id = ownId("msg", after.updatedAt, yield* entropy.token)
    const action = actionOf(id, after, before.verdict, cause?.body ? verificationIdIn(cause.body) : null)
    if (action !== null) yield* tables.actions.insert(action)
  })

  /** A newcomer is one more event that counts, or one of them with another reading; it is stored as it then stands. */
  const settle = Effect.fnUntraced(function* <Newcomer extends InboxEvent | null>(
    session: Session,
    at: number,
    newcomer: Newcomer
  ) {
    const known = yield* tables.events.counting(session.sessionRef)
    const events = newcomer === null ? known : [...known.filter(({ id }) => id !== newcomer.id), newcomer]
    const { decidedBy, verdict } = rule(events.flatMap(evidence), session)
    const stateOf = ({ id }: InboxEvent) => (id === decidedBy?.event.id ? "applied" : "superseded")
    const standing: Newcomer = newcomer === null ? newcomer : { ...newcomer, state: stateOf(newcomer) }
    if (standing !== null) yield* tables.events.put(standing)
    for (const event of known) {
      const state = stateOf(event)
      if (event.state !== state && event.id !== newcomer?.id) yield* tables.events.put({ ...event, state })
    }
    if (sameVerdict(verdict, session.verdict)) return { change: null, newcomer: standing }
    const cause = decidedBy?.event ?? null
    const before = lastChange(session)
    if (before !== null) yield* tables.pastVerdicts.insert(before)
    const changed = withVerdict(session, verdict, cause, at, policy.reviewMillis)
    yield* tables.sessions.update(changed)
    if (session.model === "mobile" && verdict.status !== "pending") {
      yield* tables.polls.delete(session.sessionRef)
    }
    if (policy.actions) yield* setInMotion(session, changed, cause)
    return { change: lastChange(changed), newcomer: standing }
  })

  return settle
})
