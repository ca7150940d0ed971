import { Array, Effect } from "effect"
import { attribute } from "../domain/Attribution.js"
import type { IdentifierHash } from "../domain/Correlation.js"
import type { InboxEvent } from "../domain/InboxEvent.js"
import type { Session } from "../domain/Session.js"
import { identifierLocks } from "./Locks.js"
import { makeSettle } from "./Settlement.js"
import { Tables } from "./Tables.js"

const ambiguous = { state: "unmatched", why: "ambiguous", sessionRef: null } as const

/**
 * How events find their sessions. Every function runs inside a caller's transaction, which has locked the event's
 * identifiers: nobody claims one of them meanwhile, and no event that carries one comes in.
 */
export const makeMatching = Effect.gen(function* () {
  const tables = yield* Tables
  const settle = yield* makeSettle

  const matchesOf = Effect.fnUntraced(function* (
    event: InboxEvent,
    candidates: ReadonlyArray<IdentifierHash>
  ) {
    const found = yield* tables.identifiers.find(event.environment, candidates)
    const refs = Array.dedupe(
      found.filter((identifier) => !identifier.shared).map((identifier) => identifier.sessionRef)
    )
    const sessions = yield* Effect.forEach(refs.sort(), tables.sessions.hold)
    return {
      sessions: sessions.filter((session) => session !== null),
      shared: found.some((identifier) => identifier.shared)
    }
  })

  /** A `verification_id` decides one session for ever (contract section 5). */
  const isBoundElsewhere = Effect.fnUntraced(function* (event: InboxEvent, sessionRef: string) {
    if (event.verificationHash === null) return false
    const bound = yield* tables.identifiers.find(event.environment, [event.verificationHash])
    return bound.some((known) => known.shared || known.sessionRef !== sessionRef)
  })

  /** Binds the event's `verification_id` to its session; returns what the session is now known by as well. */
  const bind = Effect.fnUntraced(function* (event: InboxEvent, session: Session) {
    if (event.verificationHash === null) return []
    const known = yield* tables.identifiers.find(event.environment, [event.verificationHash])
    if (known.length > 0) return []
    yield* tables.identifiers.claim({
      environment: event.environment,
      hash: event.verificationHash,
      sessionRef: session.sessionRef,
      kind: "verification_id",
      source: "event"
    })
    return [event.verificationHash]
  })

  /** Lets an event count for a session. Returns what the session gained, for the events that wait for it. */
  const count = Effect.fnUntraced(function* (event: InboxEvent, session: Session, at: number) {
    const countedAt = event.sessionRef === session.sessionRef ? (event.countedAt ?? at) : at
    const counting: InboxEvent = {
      ...event,
      state: "superseded",
      why: null,
      sessionRef: session.sessionRef,
      countedAt
    }
    yield* tables.events.update(counting)
    const gained = yield* bind(event, session)
    const changed = yield* settle(session, at)
    return { event: counting, gained, changed: changed ? [session.sessionRef] : [] }
  })

  const matchOne = Effect.fnUntraced(function* (
    event: InboxEvent,
    candidates: ReadonlyArray<IdentifierHash>,
    at: number
  ) {
    const attribution = attribute(event, yield* matchesOf(event, candidates))
    if (attribution._tag === "Counts" && !(yield* isBoundElsewhere(event, attribution.session.sessionRef))) {
      return yield* count(event, attribution.session, at)
    }
    const { sessionRef, state, why } = attribution._tag === "Kept" ? attribution : ambiguous
    const kept: InboxEvent = { ...event, state, why, sessionRef, countedAt: null }
    yield* tables.events.update(kept)
    return { event: kept, gained: [], changed: [] }
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
      for (const { id } of yield* tables.events.waiting(environment, gained)) {
        const candidates = yield* tables.events.candidatesOf(id)
        yield* tables.lock(identifierLocks(environment, candidates))
        const event = yield* tables.events.hold(id)
        if (event?.state !== "unmatched") continue
        const result = yield* matchOne(event, candidates, at)
        next.push(...result.gained)
        changed.push(...result.changed)
      }
      gained = next
    }
    return changed
  })

  /** What follows from an event that was matched or linked: those that its identifiers set free. */
  const follow = Effect.fnUntraced(function* (
    own: { event: InboxEvent; gained: ReadonlyArray<IdentifierHash>; changed: ReadonlyArray<string> },
    at: number
  ) {
    const others = yield* matchWaiting(own.event.environment, own.gained, at)
    const event = (yield* tables.events.find(own.event.id)) ?? own.event
    return { event, changed: Array.dedupe([...own.changed, ...others]) }
  })

  return {
    settle,
    matchWaiting,
    isBoundElsewhere,
    /** Attributes one event by its candidates. */
    match: (event: InboxEvent, candidates: ReadonlyArray<IdentifierHash>, at: number) =>
      Effect.flatMap(matchOne(event, candidates, at), (own) => follow(own, at)),
    /** Lets an event count for a session that is known otherwise: an operator or the poller named it. */
    assign: (event: InboxEvent, session: Session, at: number) =>
      Effect.flatMap(count(event, session, at), (own) => follow(own, at))
  } as const
})
