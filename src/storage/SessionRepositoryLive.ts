import { Effect, Layer } from "effect"
import { type Identifier, identifier } from "../domain/Correlation.js"
import { closed, type Session } from "../domain/Session.js"
import type { Start } from "../domain/Start.js"
import {
  type Opening,
  type Reservation,
  type ReservationRequest,
  SessionRepository
} from "../sessions/SessionRepository.js"
import { makeMatching } from "./Matching.js"
import { Tables } from "./Tables.js"

const idempotencyLifeMillis = 24 * 60 * 60 * 1000

const limitOf = (request: ReservationRequest, starts: ReadonlyArray<Start>): Reservation | null => {
  const { limits, now } = request
  const failed = (start: Start) =>
    start.state === "failed" || (start.state === "reserved" && start.leaseUntil <= now)
  const wait = (counted: ReadonlyArray<Start>, allowed: number): number => {
    const blocking = counted[counted.length - allowed]
    return blocking === undefined ? 0 : blocking.createdAt + limits.windowMillis - now
  }
  const retryAfterMillis = Math.max(
    wait(
      starts.filter((start) => !failed(start)),
      limits.opened
    ),
    wait(starts.filter(failed), limits.failed)
  )
  return retryAfterMillis > 0 ? { _tag: "Limited", retryAfterMillis } : null
}

/** The session repository over any `Tables`. */
export const sessionRepositoryLayer: Layer.Layer<SessionRepository, never, Tables> = Layer.effect(
  SessionRepository,
  Effect.gen(function* () {
    const tables = yield* Tables
    const matching = yield* makeMatching

    /** The answer that an idempotency key already stands for, if any. */
    const replay = Effect.fnUntraced(function* (request: ReservationRequest) {
      if (request.idempotency === null) return null
      const record = yield* tables.findIdempotency(request, request.idempotency.keyHash)
      if (record === null || record.createdAt + idempotencyLifeMillis <= request.now) return null
      const start = record.status === null ? yield* tables.findStart(record.sessionRef) : null
      const inFlight = start?.state === "reserved" && start.leaseUntil > request.now
      if (record.status === null && !inFlight) return null
      if (record.requestHash !== request.idempotency.requestHash) return { _tag: "KeyReused" } as const
      if (record.status === null) return { _tag: "Busy", sessionRef: record.sessionRef } as const
      const session = yield* tables.findSession(record.sessionRef)
      return session === null ? null : ({ _tag: "Replayed", session, status: record.status } as const)
    })

    const remember = (request: ReservationRequest, sessionRef: string, status: 200 | null) =>
      request.idempotency === null
        ? Effect.void
        : tables.putIdempotency({
            ...request.idempotency,
            environment: request.environment,
            userId: request.userId,
            sessionRef,
            status,
            createdAt: request.now
          })

    const resume = Effect.fnUntraced(function* (request: ReservationRequest) {
      if (request.restart) return null
      const session = yield* tables.findOpenSession(request)
      if (session === null) return null
      if (session.verdict.reason === "in_review") {
        return { _tag: "InReview", sessionRef: session.sessionRef } as const
      }
      if (session.expiresAt < request.resumableUntil) return null
      yield* remember(request, session.sessionRef, 200)
      return { _tag: "Resumed", session } as const
    })

    const reserve = Effect.fnUntraced(function* (request: ReservationRequest) {
      const replayed = yield* replay(request)
      if (replayed !== null) return replayed
      const running = yield* tables.findReservedStart(request)
      if (running !== null && running.leaseUntil > request.now) {
        return { _tag: "Busy", sessionRef: running.sessionRef } as const
      }
      const resumed = yield* resume(request)
      if (resumed !== null) return resumed
      const limited = limitOf(
        request,
        yield* tables.startsSince(request, request.now - request.limits.windowMillis)
      )
      if (limited !== null) return limited
      if (running !== null) {
        yield* tables.endStart(running.sessionRef, { state: "failed", failure: null, retryAfterMillis: null })
      }
      const start: Start = {
        sessionRef: request.sessionRef,
        environment: request.environment,
        userId: request.userId,
        fingerprint: request.fingerprint,
        state: "reserved",
        failure: null,
        retryAfterMillis: null,
        createdAt: request.now,
        leaseUntil: request.leaseUntil
      }
      yield* tables.insertStart(start)
      yield* remember(request, request.sessionRef, null)
      return { _tag: "Reserved", start } as const
    })

    const claim = (session: Session, { hash, kind }: Identifier, source: "service" | "provider") =>
      tables.claimIdentifier({
        environment: session.environment,
        hash,
        sessionRef: session.sessionRef,
        kind,
        source
      })

    const open = Effect.fnUntraced(function* (session: Session, identifiers: ReadonlyArray<Identifier>) {
      const tokens = identifiers.filter((candidate) => candidate.kind === "token").map((token) => token.hash)
      if ((yield* tables.findIdentifiers(session.environment, tokens)).length > 0)
        return { _tag: "TokenReused" } as Opening
      const owned = yield* tables.endStart(session.sessionRef, {
        state: "opened",
        failure: null,
        retryAfterMillis: null
      })
      if (!owned) return { _tag: "LeaseLost" } as Opening
      const replaced = yield* tables.findOpenSession(session)
      if (replaced !== null) yield* tables.updateSession(closed(replaced))
      yield* tables.insertSession(session)
      yield* tables.completeIdempotency(session.sessionRef, 201)
      yield* claim(session, identifier("session_ref", session.sessionRef), "service")
      yield* Effect.forEach(identifiers, (found) => claim(session, found, "provider"), { discard: true })
      const gained = identifiers.map((found) => found.hash)
      yield* matching.matchWaiting(session.environment, gained, session.createdAt)
      return { _tag: "Opened" } as Opening
    })

    const release = Effect.fnUntraced(function* (
      sessionRef: string,
      failure: Pick<Start, "failure" | "retryAfterMillis">
    ) {
      yield* tables.endStart(sessionRef, { state: "failed", ...failure })
      yield* tables.deleteIdempotency(sessionRef)
    })

    return SessionRepository.of({
      reserve: (request) => tables.transaction("SessionRepository.reserve", reserve(request)),
      open: (session, identifiers) =>
        tables.transaction("SessionRepository.open", open(session, identifiers)),
      release: (ref, failure) => tables.transaction("SessionRepository.release", release(ref, failure)),
      findStart: tables.findStart,
      find: tables.findSession,
      list: tables.listSessions,
      ping: tables.ping
    })
  })
)
