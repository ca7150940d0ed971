import { Array, Effect } from "effect"
import { attribute } from "../domain/Attribution.js"
import type { IdentifierHash } from "../domain/Correlation.js"
import type { InboxEvent } from "../domain/InboxEvent.js"
import type { Session } from "../domain/Session.js"
import type { StorageUnavailable } from "../domain/StorageUnavailable.js"
import type { VerdictChange } from "../domain/VerdictChange.js"
import { identifierLocks } from "./Locks.js"
import { makeSettle } from "./Settlement.js"
import { type FoundIdentifier, Tables } from "./Tables.js"

const ambiguous = { state: "unmatched", why: "ambiguous", sessionRef: null } as const

/** What became of one event. */
interface Matched {
  readonly event: InboxEvent
  /** What its session is known by from now on. */
  readonly gained: ReadonlyArray<IdentifierHash>
  /** Those of its identifiers that are its session's own. */
  readonly identifying: ReadonlyArray<IdentifierHash>
  readonly changed: ReadonlyArray<VerdictChange>
}

/** How many events were set free, and what changed by them. */
interface SetFree {
  readonly matched: number
  readonly changed: ReadonlyArray<VerdictChange>
}

const none: SetFree = { matched: 0, changed: [] }

/**
 * How events find their sessions. Every function runs inside a caller's transaction, which has locked the event's
 * identifiers: nobody claims one of them meanwhile, and no event that carries one comes in.
 */
export const makeMatching = Effect.gen(function* () {
  const tables = yield* Tables
  const settle = yield* makeSettle

  /** Who is known by these identifiers of an event, or by its `verification_id`. */
  const knownBy = (event: InboxEvent, candidates: ReadonlyArray<IdentifierHash>) =>
    tables.identifiers.find(
      event.environment,
      Array.dedupe(event.verificationHash === null ? candidates : [...candidates, event.verificationHash])
    )

  const matchesOf = Effect.fnUntraced(function* (found: ReadonlyArray<FoundIdentifier>) {
    const refs = Array.dedupe(found.filter(({ shared }) => !shared).map(({ sessionRef }) => sessionRef))
    const sessions: Array<Session> = []
    for (const ref of refs.sort()) {
      const session = yield* tables.sessions.hold(ref)
      if (session !== null) sessions.push(session)
    }
    return {
      sessions,
      shared: found.some(({ shared }) => shared)
    }
  })

  /** A `verification_id` decides one session for ever (contract section 5). */
  const boundElsewhere = (
    { verificationHash }: InboxEvent,
    ownRef: string,
    known: ReadonlyArray<FoundIdentifier>
  ) =>
    known.some(
      ({ hash, sessionRef, shared }) => hash === verificationHash && (shared || sessionRef !== ownRef)
    )

  const isBoundElsewhere = (event: InboxEvent, ownRef: string) =>
    Effect.map(knownBy(event, []), (known) => boundElsewhere(event, ownRef, known))

  /** Binds the event's `verification_id` to its session; returns what the session is now known by as well. */
  const bind = (
    { environment, verificationHash: hash }: InboxEvent,
    { sessionRef }: Session,
    known: ReadonlyArray<FoundIdentifier>
  ): Effect.Effect<ReadonlyArray<IdentifierHash>, StorageUnavailable> =>
    hash === null || known.some((found) => found.hash === hash)
      ? Effect.succeed([])
      : Effect.as(
          tables.identifiers.claim({
            environment,
            hash,
            sessionRef,
            source: "event"
          }),
          [hash]
        )

  /** Lets an event count for a session. Returns what the session gained, for the events that wait for it. */
  const count = Effect.fnUntraced(function* (
    event: InboxEvent,
    session: Session,
    known: ReadonlyArray<FoundIdentifier>,
    at: number
  ) {
    const { sessionRef } = session
    const own = known.filter((found) => !found.shared && found.sessionRef === sessionRef)
    const countedAt = event.sessionRef === sessionRef ? (event.countedAt ?? at) : at
    const counting: InboxEvent = { ...event, state: "superseded", why: null, sessionRef, countedAt }
    const gained = yield* bind(event, session, known)
    const settled = yield* settle(session, at, counting)
    return {
      event: settled.newcomer,
      gained,
      identifying: [...own.map(({ hash }) => hash), ...gained],
      changed: settled.change === null ? [] : [settled.change]
    }
  })

  const matchOne = Effect.fnUntraced(function* (
    event: InboxEvent,
    candidates: ReadonlyArray<IdentifierHash>,
    at: number
  ) {
    const known = yield* knownBy(event, candidates)
    const matches = yield* matchesOf(known.filter(({ hash }) => candidates.includes(hash)))
    const attribution = attribute(event, matches)
    if (attribution._tag === "Counts" && !boundElsewhere(event, attribution.session.sessionRef, known)) {
      return yield* count(event, attribution.session, known, at)
    }
    const { sessionRef, state, why } = attribution._tag === "Kept" ? attribution : ambiguous
    const kept: InboxEvent = { ...event, state, why, sessionRef, countedAt: null }
    yield* tables.events.put(kept)
    return { event: kept, gained: [], identifying: [], changed: [] }
  })

  const matchEach = Effect.fnUntraced(function* (
    environment: InboxEvent["environment"],
    events: ReadonlyArray<InboxEvent>,
    at: number
  ) {
    let matched = 0
    const changed: Array<VerdictChange> = []
    const gained: Array<IdentifierHash> = []
    for (const { id } of events) {
      const candidates = yield* tables.events.candidatesOf(id)
      yield* tables.lock(identifierLocks(environment, candidates))
      const event = yield* tables.events.hold(id)
      if (event?.state !== "unmatched") continue
      const result = yield* matchOne(event, candidates, at)
      matched += 1
      gained.push(...result.gained)
      changed.push(...result.changed)
    }
    const further = yield* matchWaiting(environment, gained, at)
    return { matched: matched + further.matched, changed: [...changed, ...further.changed] }
  })

  /** Matches the events that waited for these identifiers, and those that waited for what these bring, and so on. */
  const matchWaiting = (
    environment: InboxEvent["environment"],
    identifiers: ReadonlyArray<IdentifierHash>,
    at: number
  ): Effect.Effect<SetFree, StorageUnavailable> =>
    Effect.flatMap(tables.events.waiting(environment, identifiers), (events) =>
      events.length === 0 ? Effect.succeed(none) : matchEach(environment, events, at)
    )

  /** What follows from an event that was matched or linked: those that its identifiers set free. */
  const follow = Effect.fnUntraced(function* (
    matching: Effect.Effect<Matched, StorageUnavailable>,
    at: number
  ) {
    const own = yield* matching
    const others = yield* matchWaiting(own.event.environment, own.gained, at)
    if (others.matched === 0) return own
    const event = (yield* tables.events.find(own.event.id)) ?? own.event
    return { ...own, event, changed: [...own.changed, ...others.changed] }
  })

  return {
    settle,
    matchWaiting,
    isBoundElsewhere,
    /** The one session that an event's candidates identify, held, so that it is not erased meanwhile; by that, it counts for none. */
    namedBy: (event: InboxEvent, candidates: ReadonlyArray<IdentifierHash>) =>
      Effect.gen(function* () {
        const { sessions, shared } = yield* matchesOf(
          yield* tables.identifiers.find(event.environment, candidates)
        )
        return sessions.length === 1 && !shared ? (sessions[0]?.sessionRef ?? null) : null
      }),
    /** Attributes one event by its candidates. */
    match: (event: InboxEvent, candidates: ReadonlyArray<IdentifierHash>, at: number) =>
      follow(matchOne(event, candidates, at), at),
    /** Lets an event count for a session that is known otherwise: an operator or the poller named it. */
    assign: (event: InboxEvent, session: Session, at: number) =>
      follow(
        Effect.flatMap(knownBy(event, []), (known) => count(event, session, known, at)),
        at
      )
  } as const
})
