import { Array, Effect } from "effect"
import { attribute } from "../domain/Attribution.js"
import type { IdentifierHash } from "../domain/Correlation.js"
import type { InboxEvent } from "../domain/InboxEvent.js"
import { initialVerdict, type Session, withVerdict } from "../domain/Session.js"
import { type Evidence, rule, sameVerdict } from "../domain/Verdict.js"
import { Tables } from "./Tables.js"

type Deciding = Evidence & { readonly event: InboxEvent }

const evidence = (event: InboxEvent): ReadonlyArray<Deciding> =>
  event.outcome === null
    ? []
    : [{ key: event.dedupeKey, outcome: event.outcome, providerTime: event.providerTime, event }]

/** How events find their sessions and make verdicts. Every function runs inside a caller's transaction. */
export const makeMatching = Effect.gen(function* () {
  const tables = yield* Tables

  const matchesOf = Effect.fnUntraced(function* (
    event: InboxEvent,
    candidates: ReadonlyArray<IdentifierHash>
  ) {
    const found = yield* tables.findIdentifiers(event.environment, candidates)
    const refs = Array.dedupe(
      found.filter((identifier) => !identifier.shared).map((identifier) => identifier.sessionRef)
    )
    const sessions = yield* Effect.forEach(refs, tables.findSession)
    return {
      sessions: sessions.filter((session) => session !== null),
      shared: found.some((identifier) => identifier.shared)
    }
  })

  /** Folds a session's events into its verdict; true when that changed it. */
  const settle = Effect.fnUntraced(function* (session: Session, at: number) {
    const events = yield* tables.countingEvents(session.sessionRef)
    const { decidedBy, verdict } = rule(events.flatMap(evidence), initialVerdict(session))
    for (const event of events) {
      const state = event.id === decidedBy?.event.id ? "applied" : "superseded"
      if (event.state !== state) yield* tables.updateEvent({ ...event, state })
    }
    if (sameVerdict(verdict, session.verdict)) return false
    const changed = withVerdict(session, verdict, decidedBy?.event.providerStatus ?? null, at)
    yield* tables.updateSession(changed)
    yield* tables.insertVerdict({
      sessionRef: session.sessionRef,
      sequence: changed.sequence,
      verdict,
      eventId: decidedBy?.event.id ?? null,
      at
    })
    return true
  })

  /** Binds the event's `verification_id` to its session; returns what the session is now known by as well. */
  const bind = Effect.fnUntraced(function* (event: InboxEvent, session: Session) {
    if (event.verificationHash === null) return []
    const known = yield* tables.findIdentifiers(event.environment, [event.verificationHash])
    if (known.length > 0) return []
    yield* tables.claimIdentifier({
      environment: event.environment,
      hash: event.verificationHash,
      sessionRef: session.sessionRef,
      kind: "verification_id",
      source: "event"
    })
    return [event.verificationHash]
  })

  /** Attributes one event and settles its session. Returns what the session gained, for the events that wait for it. */
  const matchOne = Effect.fnUntraced(function* (
    event: InboxEvent,
    candidates: ReadonlyArray<IdentifierHash>,
    at: number
  ) {
    const attribution = attribute(event, yield* matchesOf(event, candidates))
    if (attribution._tag === "Kept") {
      const { sessionRef, state, why } = attribution
      const kept = { ...event, state, why, sessionRef }
      yield* tables.updateEvent(kept)
      return { event: kept, gained: [], changed: [] }
    }
    const { session } = attribution
    const counting: InboxEvent = { ...event, state: "superseded", why: null, sessionRef: session.sessionRef }
    yield* tables.updateEvent(counting)
    const gained = yield* bind(event, session)
    const changed = yield* settle(session, at)
    return { event: counting, gained, changed: changed ? [session.sessionRef] : [] }
  })

  /** Matches the events that waited for these identifiers, and those that waited for what these bring, and so on. */
  const matchWaiting = Effect.fnUntraced(function* (
    environment: InboxEvent["environment"],
    identifiers: ReadonlyArray<IdentifierHash>,
    at: number
  ) {
    const changed: Array<string> = []
    let gained = identifiers
    while (gained.length > 0) {
      const next: Array<IdentifierHash> = []
      for (const event of yield* tables.waitingEvents(environment, gained)) {
        const result = yield* matchOne(event, yield* tables.candidatesOf(event.id), at)
        if (result.event.state !== "unmatched") yield* tables.deleteCandidates(event.id)
        next.push(...result.gained)
        changed.push(...result.changed)
      }
      gained = next
    }
    return changed
  })

  /** Takes in one event: its own attribution, and that of the events which its identifiers set free. */
  const match = Effect.fnUntraced(function* (
    event: InboxEvent,
    candidates: ReadonlyArray<IdentifierHash>,
    at: number
  ) {
    const own = yield* matchOne(event, candidates, at)
    if (own.event.state === "unmatched") yield* tables.insertCandidates(event, candidates)
    const changed = yield* matchWaiting(event.environment, own.gained, at)
    const settled = (yield* tables.findEvent(event.id)) ?? own.event
    return { event: settled, changed: Array.dedupe([...own.changed, ...changed]) }
  })

  return { match, matchWaiting } as const
})
