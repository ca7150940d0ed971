import { Clock, Duration, Effect } from "effect"
import { expiryDueAt } from "../domain/Expiry.js"
import { ownId } from "../domain/OwnId.js"
import type { Session } from "../domain/Session.js"
import type { Start } from "../domain/Start.js"
import type { StorageUnavailable } from "../domain/StorageUnavailable.js"
import { rule } from "../domain/Verdict.js"
import { announce } from "./Announcing.js"
import type { Caller } from "./Caller.js"
import { Entropy } from "./Entropy.js"
import { type HostedPage, HostedPages } from "./HostedPages.js"
import {
  IdempotencyKeyReused,
  type InvalidRequest,
  RateLimited,
  SessionInReview,
  StartFailed
} from "./SessionErrors.js"
import { SessionFeed } from "./SessionFeed.js"
import { SessionPolicy } from "./SessionPolicy.js"
import { SessionRepository } from "./SessionRepository.js"
import { startLimits } from "./StartLimits.js"
import { fingerprintOf, planStart, requestHashOf, type StartCommand, type StartPlan } from "./StartPlan.js"
import { VerdictPolicy } from "./VerdictPolicy.js"

/** The answer to a start: 201 for a new session, 200 for one handed out again. */
export interface Started {
  readonly status: 200 | 201
  readonly sessionRef: string
  readonly hostedUrl: string | null
  readonly expiresAt: number
}

export type StartError =
  | InvalidRequest
  | IdempotencyKeyReused
  | SessionInReview
  | RateLimited
  | StartFailed
  | StorageUnavailable

const hourMillis = 60 * 60 * 1000
/** An open session with less than this to live is not handed out again. */
const leastLifeMillis = 2 * 60 * 1000
/** What a start needs beside the provider call: storing the session. */
const storingMillis = 2000
/** How often a caller that waits for another's start looks for itself, should the news not reach it. */
const lookAgain = Duration.millis(250)

/** `POST /api/start-verification`: hands out the equal open session, or has the provider make a new one. */
export const makeStart = Effect.gen(function* () {
  const repository = yield* SessionRepository
  const feed = yield* SessionFeed
  const policy = yield* SessionPolicy
  const pages = yield* HostedPages
  const { reviewMillis } = yield* VerdictPolicy
  const entropy = yield* Entropy
  const leaseMillis = policy.providerDeadlineMillis + storingMillis

  /** Frees the way for the next start, when this one could not be stored; whoever asked need not wait for that. */
  const abandon = (sessionRef: string) =>
    repository
      .release(sessionRef, { failure: null, retryAfterMillis: null })
      .pipe(Effect.zipRight(feed.publish(sessionRef)), Effect.ignore, Effect.forkDaemon)

  const fail = Effect.fnUntraced(function* (sessionRef: string, error: StartFailed) {
    yield* repository.release(sessionRef, error)
    yield* feed.publish(sessionRef)
    return yield* error
  })

  const opened = (plan: StartPlan, start: Start, page: HostedPage, now: number): Session => {
    const expiresAt = page.expiresAt ?? now + plan.expiresInHours * hourMillis
    const { confirmable } = page
    const { verdict } = rule([], { confirmable, expiredAt: null })
    return {
      sessionRef: start.sessionRef,
      userId: start.userId,
      environment: start.environment,
      product: plan.product,
      model: plan.model,
      confirmable,
      fingerprint: start.fingerprint,
      reference: plan.reference,
      open: true,
      hostedUrl: page.url,
      verdict,
      providerStatus: null,
      sequence: 0,
      causedBy: null,
      createdAt: now,
      updatedAt: now,
      expiresAt,
      expiryDueAt: expiryDueAt(verdict, expiresAt, now, reviewMillis),
      expiredAt: null,
      decidedAt: null
    }
  }

  /** Calls the provider and stores what it gave; null when another caller has taken the start over. */
  const create = Effect.fnUntraced(function* (plan: StartPlan, start: Start) {
    const { sessionRef } = start
    const page = yield* pages.make(plan, sessionRef).pipe(Effect.catchAll((error) => fail(sessionRef, error)))
    const session = opened(plan, start, page, yield* Clock.currentTimeMillis)
    const opening = yield* repository
      .open(session, page.identifiers)
      .pipe(Effect.onError(() => abandon(sessionRef)))
    if (opening._tag === "TokenReused") {
      yield* Effect.logError("VerifyHuman handed out a token that belongs to another session")
      return yield* fail(
        sessionRef,
        new StartFailed({ failure: "provider_rejected", retryAfterMillis: null })
      )
    }
    if (opening._tag === "Opened") yield* announce(feed, "start", opening.changed)
    yield* feed.publish(sessionRef)
    return opening._tag === "Opened" ? started(session, 201) : null
  })

  const started = (session: Session, status: 200 | 201): Started => ({
    status,
    sessionRef: session.sessionRef,
    hostedUrl: session.hostedUrl,
    expiresAt: session.expiresAt
  })

  /** Waits for another caller's equal start, and shares its failure; true when it gave a session. */
  const awaitStart = (sessionRef: string, until: number) =>
    Effect.gen(function* () {
      const subscription = yield* feed.subscribe(sessionRef)
      while (true) {
        const start = yield* repository.findStart(sessionRef)
        if (start?.failure) return yield* new StartFailed({ ...start, failure: start.failure })
        const now = yield* Clock.currentTimeMillis
        if (start?.state !== "reserved" || start.leaseUntil <= now || now > until) {
          return start?.state === "opened"
        }
        yield* Effect.timeoutOption(Effect.disconnect(Effect.interruptible(subscription.news)), lookAgain)
      }
    }).pipe(Effect.scoped)

  return Effect.fnUntraced(function* (
    caller: Caller,
    command: StartCommand,
    idempotencyKeyHash: string | null
  ) {
    const plan = yield* planStart(policy, command)
    const idempotency =
      idempotencyKeyHash === null
        ? null
        : { keyHash: idempotencyKeyHash, requestHash: requestHashOf(command) }
    let restart = command.restart
    let now = yield* Clock.currentTimeMillis
    const givesUpAt = now + leaseMillis
    while (true) {
      if (now > givesUpAt) {
        return yield* new StartFailed({ failure: "provider_timeout", retryAfterMillis: null })
      }
      const reservation = yield* repository.reserve({
        sessionRef: ownId("vs", now, yield* entropy.token),
        environment: policy.environment,
        userId: caller.userId,
        fingerprint: fingerprintOf(plan),
        restart,
        idempotency,
        now,
        leaseUntil: now + leaseMillis,
        resumableUntil: now + leastLifeMillis,
        limits: startLimits(policy)
      })
      switch (reservation._tag) {
        case "Reserved": {
          const result = yield* create(plan, reservation.start)
          if (result !== null) return result
          restart = false
          break
        }
        case "Busy":
          if (yield* awaitStart(reservation.sessionRef, givesUpAt)) restart = false
          break
        case "Resumed":
          return started(reservation.session, 200)
        case "Replayed":
          return started(reservation.session, reservation.status)
        case "InReview":
          return yield* new SessionInReview({ sessionRef: reservation.sessionRef })
        case "KeyReused":
          return yield* new IdempotencyKeyReused()
        case "Limited":
          return yield* new RateLimited({ retryAfterMillis: reservation.retryAfterMillis })
      }
      now = yield* Clock.currentTimeMillis
    }
  })
})
