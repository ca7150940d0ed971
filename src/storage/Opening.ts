import { Effect } from "effect"
import { type Identifier, identifier } from "../domain/Correlation.js"
import type { Session } from "../domain/Session.js"
import { startAgainAfter } from "../domain/StartLimits.js"
import type { Opening, Tracking, TrackingRequest } from "../sessions/SessionRepository.js"
import { makeMatching } from "./Matching.js"
import { type IdentifierRow, Tables } from "./Tables.js"

const sessionRefIdentifier = ({ sessionRef }: Session) => identifier("session_ref", sessionRef)

/** How sessions come into being, with the identifiers by which events find them. Inside a transaction that has locked both. */
export const makeOpening = Effect.gen(function* () {
  const tables = yield* Tables
  const matching = yield* makeMatching

  const claim = (session: Session, { hash }: Identifier, source: IdentifierRow["source"]) =>
    tables.identifiers.claim({
      environment: session.environment,
      hash,
      sessionRef: session.sessionRef,
      source
    })

  const open = Effect.fnUntraced(function* (session: Session, identifiers: ReadonlyArray<Identifier>) {
    const tokens = identifiers.filter((candidate) => candidate.kind === "token").map((token) => token.hash)
    if ((yield* tables.identifiers.find(session.environment, tokens)).length > 0)
      return { _tag: "TokenReused" } as Opening
    const owned = yield* tables.starts.end(session.sessionRef, {
      state: "opened",
      failure: null,
      retryAfterMillis: null
    })
    if (!owned) return { _tag: "LeaseLost" } as Opening
    yield* tables.sessions.close(session)
    yield* tables.sessions.insert(session)
    yield* tables.idempotency.complete(session.sessionRef, 201)
    yield* claim(session, sessionRefIdentifier(session), "service")
    for (const found of identifiers) yield* claim(session, found, "provider")
    const gained = identifiers.map((found) => found.hash)
    const { changed } = yield* matching.matchWaiting(session.environment, gained, session.createdAt)
    return { _tag: "Opened", changed } as Opening
  })

  const track = Effect.fnUntraced(function* ({ identifier, limits, poll, session }: TrackingRequest) {
    const { environment } = session
    const [known] = yield* tables.identifiers.find(environment, [identifier.hash])
    if (known !== undefined) {
      const owned = known.source === "phone" ? yield* tables.sessions.find(known.sessionRef) : null
      const isOwn = owned?.userId === session.userId && owned.product === session.product && !known.shared
      return (isOwn ? { _tag: "Known", session: owned } : { _tag: "Taken" }) as Tracking
    }
    if (yield* tables.events.carries(environment, identifier.hash)) return { _tag: "Taken" } as Tracking
    const now = session.createdAt
    const wait = startAgainAfter(limits, now, yield* tables.starts.since(session, now - limits.windowMillis))
    if (wait > 0) return { _tag: "Limited", retryAfterMillis: wait } as Tracking
    yield* tables.starts.insert({
      sessionRef: session.sessionRef,
      environment,
      userId: session.userId,
      fingerprint: session.fingerprint,
      state: "opened",
      failure: null,
      retryAfterMillis: null,
      createdAt: now,
      leaseUntil: now
    })
    yield* tables.sessions.insert(session)
    yield* tables.polls.insert(poll)
    yield* claim(session, sessionRefIdentifier(session), "service")
    yield* claim(session, identifier, "phone")
    return { _tag: "Tracked" } as Tracking
  })

  return { open, track } as const
})
