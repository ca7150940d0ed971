import { Data } from "effect"
import type { StartFailure } from "../domain/Start.js"

export interface FieldError {
  readonly path: string
  readonly message: string
}

/** What was asked for is not allowed as it stands. Messages name fields, never values. */
export class InvalidRequest extends Data.TaggedError("InvalidRequest")<{
  readonly errors: ReadonlyArray<FieldError>
}> {}

/** No such session, or not this caller's: the two look alike. */
export class SessionNotFound extends Data.TaggedError("SessionNotFound") {}

/** The equal session that is there waits for a person's decision at the provider. */
export class SessionInReview extends Data.TaggedError("SessionInReview")<{ readonly sessionRef: string }> {}

/** The same `Idempotency-Key` came with another body. */
export class IdempotencyKeyReused extends Data.TaggedError("IdempotencyKeyReused") {}

/** Too many starts, waits or streams of one user. */
export class RateLimited extends Data.TaggedError("RateLimited")<{ readonly retryAfterMillis: number }> {}

/** The provider did not give a session. Nothing was stored that a phone could see. */
export class StartFailed extends Data.TaggedError("StartFailed")<{
  readonly failure: StartFailure
  readonly retryAfterMillis: number | null
}> {}

/** The provider's session id is taken: it identifies another session, or stands in an event that came before. */
export class AlreadyTracked extends Data.TaggedError("AlreadyTracked") {}

/** The product's status endpoint cannot be asked: no publishable key is configured. */
export class TrackingNotConfigured extends Data.TaggedError("TrackingNotConfigured") {}
