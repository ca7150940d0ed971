import { Clock, Effect } from "effect"
import { identifier } from "../domain/Correlation.js"
import { sha256 } from "../domain/Digest.js"
import { expiryDueAt } from "../domain/Expiry.js"
import { ownId } from "../domain/OwnId.js"
import { firstPollAt } from "../domain/Poll.js"
import type { Product } from "../domain/Product.js"
import type { Session } from "../domain/Session.js"
import type { StorageUnavailable } from "../domain/StorageUnavailable.js"
import { awaiting } from "../domain/Verdict.js"
import type { Caller } from "./Caller.js"
import { Entropy } from "./Entropy.js"
import { AlreadyTracked, type InvalidRequest, RateLimited, TrackingNotConfigured } from "./SessionErrors.js"
import { SessionPolicy } from "./SessionPolicy.js"
import { SessionRepository } from "./SessionRepository.js"
import { startLimits } from "./StartLimits.js"
import { checkProduct } from "./StartPlan.js"
import { VerdictPolicy } from "./VerdictPolicy.js"

/** What the app's SDK has started at the provider (contract section 3, `POST /api/track-verification`). */
export interface TrackCommand {
  readonly product: Product
  readonly providerSessionId: string
}

/** The answer: 201 for a session that is tracked from now on, 200 for one that was already. */
export interface Tracked {
  readonly status: 200 | 201
  readonly session: Session
}

export type TrackError =
  | InvalidRequest
  | TrackingNotConfigured
  | AlreadyTracked
  | RateLimited
  | StorageUnavailable

const hourMillis = 60 * 60 * 1000

/** Takes a session into the poller's timetable; its identifier is the phone's word, and claims nothing of the past. */
export const makeTrack = Effect.gen(function* () {
  const repository = yield* SessionRepository
  const policy = yield* SessionPolicy
  const { reviewMillis } = yield* VerdictPolicy
  const entropy = yield* Entropy

  const tracked = (
    caller: Caller,
    { product, providerSessionId }: TrackCommand,
    sessionRef: string,
    now: number
  ): Session => {
    const expiresAt = now + policy.expiresInHours * hourMillis
    return {
      sessionRef,
      userId: caller.userId,
      environment: policy.environment,
      product,
      model: "mobile",
      confirmable: true,
      fingerprint: sha256(JSON.stringify(["mobile", product, providerSessionId])),
      reference: null,
      open: true,
      hostedUrl: null,
      verdict: awaiting,
      providerStatus: null,
      sequence: 0,
      causedBy: null,
      createdAt: now,
      updatedAt: now,
      expiresAt,
      expiryDueAt: expiryDueAt(awaiting, expiresAt, now, reviewMillis),
      expiredAt: null,
      decidedAt: null
    }
  }

  return Effect.fn("Sessions.track")(function* (caller: Caller, command: TrackCommand) {
    yield* checkProduct(policy, command.product)
    if (!policy.tracking) return yield* new TrackingNotConfigured()
    const now = yield* Clock.currentTimeMillis
    const { product, providerSessionId } = command
    const session = tracked(caller, command, ownId("vs", now, yield* entropy.token), now)
    const tracking = yield* repository.track({
      session,
      identifier: identifier(product === "verifyhuman" ? "verification_id" : "session_id", providerSessionId),
      poll: {
        sessionRef: session.sessionRef,
        environment: policy.environment,
        product,
        providerSessionId,
        attempts: 0,
        nextAt: firstPollAt(now)
      },
      limits: startLimits(policy)
    })
    switch (tracking._tag) {
      case "Tracked":
        return { status: 201, session } satisfies Tracked as Tracked
      case "Known":
        return { status: 200, session: tracking.session } satisfies Tracked as Tracked
      case "Taken":
        return yield* new AlreadyTracked()
      case "Limited":
        return yield* new RateLimited({ retryAfterMillis: tracking.retryAfterMillis })
    }
  })
})
