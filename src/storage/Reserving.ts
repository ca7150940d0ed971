import { Effect } from "effect"
import type { Start } from "../domain/Start.js"
import { startAgainAfter } from "../domain/StartLimits.js"
import type { ReservationRequest } from "../sessions/SessionRepository.js"
import { Tables } from "./Tables.js"

const idempotencyLifeMillis = 24 * 60 * 60 * 1000

/** What a start meets, and how its reservation ends without a session. Inside a transaction that has locked the user. */
export const makeReserving = Effect.gen(function* () {
  const tables = yield* Tables

  /** The answer that an idempotency key already stands for, if any. */
  const replay = Effect.fnUntraced(function* (
    request: ReservationRequest,
    { keyHash, requestHash }: NonNullable<ReservationRequest["idempotency"]>
  ) {
    const record = yield* tables.idempotency.find(request, keyHash)
    if (record === null || record.createdAt + idempotencyLifeMillis <= request.now) return null
    const start = record.status === null ? yield* tables.starts.find(record.sessionRef) : null
    const inFlight = start?.state === "reserved" && start.leaseUntil > request.now
    if (record.status === null && !inFlight) return null
    if (record.requestHash !== requestHash) return { _tag: "KeyReused" } as const
    if (record.status === null) return { _tag: "Busy", sessionRef: record.sessionRef } as const
    const session = yield* tables.sessions.find(record.sessionRef)
    return session === null ? null : ({ _tag: "Replayed", session, status: record.status } as const)
  })

  const remember = (request: ReservationRequest, sessionRef: string, status: 200 | null) =>
    request.idempotency === null
      ? Effect.void
      : tables.idempotency.put({
          ...request.idempotency,
          environment: request.environment,
          userId: request.userId,
          sessionRef,
          status,
          createdAt: request.now
        })

  const resume = Effect.fnUntraced(function* (request: ReservationRequest) {
    if (request.restart) return null
    const session = yield* tables.sessions.findOpen(request)
    if (session === null) return null
    if (session.verdict.reason === "in_review") {
      return { _tag: "InReview", sessionRef: session.sessionRef } as const
    }
    if (session.expiresAt < request.resumableUntil) return null
    yield* remember(request, session.sessionRef, 200)
    return { _tag: "Resumed", session } as const
  })

  const reserve = Effect.fnUntraced(function* (request: ReservationRequest) {
    const replayed = request.idempotency === null ? null : yield* replay(request, request.idempotency)
    if (replayed !== null) return replayed
    const running = yield* tables.starts.findReserved(request)
    if (running !== null && running.leaseUntil > request.now) {
      return { _tag: "Busy", sessionRef: running.sessionRef } as const
    }
    const resumed = yield* resume(request)
    if (resumed !== null) return resumed
    const { limits, now } = request
    const wait = startAgainAfter(limits, now, yield* tables.starts.since(request, now - limits.windowMillis))
    if (wait > 0) return { _tag: "Limited", retryAfterMillis: wait } as const
    if (running !== null) {
      yield* tables.starts.end(running.sessionRef, {
        state: "failed",
        failure: null,
        retryAfterMillis: null
      })
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
    yield* tables.starts.insert(start)
    yield* remember(request, request.sessionRef, null)
    return { _tag: "Reserved", start } as const
  })

  const release = Effect.fnUntraced(function* (
    sessionRef: string,
    failure: Pick<Start, "failure" | "retryAfterMillis">
  ) {
    yield* tables.starts.end(sessionRef, { state: "failed", ...failure })
    yield* tables.idempotency.release(sessionRef)
  })

  return { reserve, release } as const
})
