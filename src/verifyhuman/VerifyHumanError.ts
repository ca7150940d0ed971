import { Data } from "effect"

/** What an operator has to look into. Never the provider's words, which may hold anything. */
export type RejectionReason =
  | "bad_request"
  | "key_not_accepted"
  | "not_found"
  | "unexpected_status"
  | "unexpected_shape"
  | "insecure_hosted_url"
  | "already_expired"
  | "no_api_key"

/** The provider understood and refused, or its answer cannot be used. Asking again will not help. */
export class ProviderRejected extends Data.TaggedError("ProviderRejected")<{
  readonly why: RejectionReason
  readonly status: number | null
}> {}

/** No verification credits remain (402). */
export class ProviderOutOfCredits extends Data.TaggedError("ProviderOutOfCredits") {}

/** Connection failures, 5xx or 429 until the deadline. */
export class ProviderUnavailable extends Data.TaggedError("ProviderUnavailable")<{
  /** What the provider asked for by `Retry-After`, in milliseconds. */
  readonly retryAfterMillis: number | null
}> {}

/** No answer within the deadline of all attempts together. */
export class ProviderTimeout extends Data.TaggedError("ProviderTimeout") {}

/** One for each provider row of the contract's table in section 3. */
export type VerifyHumanError = ProviderRejected | ProviderOutOfCredits | ProviderUnavailable | ProviderTimeout
