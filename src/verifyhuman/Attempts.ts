import { Clock, Duration, Effect, Random } from "effect"
import { backoffMillis } from "../domain/Backoff.js"
import type { ProviderTimeout, ProviderUnavailable, VerifyHumanError } from "./VerifyHumanError.js"

export interface Patience {
  /** How long one attempt may take, to a hundredth of a second. */
  readonly timeout: Duration.Duration
  /** How long all attempts of a call may take together, to a hundredth of a second. */
  readonly deadline: Duration.Duration
}

/** With less time than this, an attempt could only leave a token behind that nobody uses. */
const leastMillis = 100

const isWorthAnotherTry = (error: VerifyHumanError): error is ProviderUnavailable | ProviderTimeout =>
  error._tag === "ProviderUnavailable" || error._tag === "ProviderTimeout"

/**
 * Tries again after connection failures, timeouts, 5xx and 429, and after nothing else; waits for a jittered back-off,
 * or longer where `Retry-After` says so; and never beyond the deadline, where the last failure stands. Each attempt is told
 * when it has to end, in milliseconds since the epoch.
 */
export const withAttempts = Effect.fnUntraced(function* <A, R>(
  { deadline, timeout }: Patience,
  attempt: (until: number) => Effect.Effect<A, VerifyHumanError, R>
) {
  let now = yield* Clock.currentTimeMillis
  const end = now + Duration.toMillis(deadline)
  for (let attempts = 1; ; attempts++) {
    const until = Math.min(now + Duration.toMillis(timeout), Math.max(now + 1, end))
    const result = yield* Effect.either(attempt(until))
    if (result._tag === "Right") return result.right
    const error = result.left
    if (!isWorthAnotherTry(error)) return yield* error
    const asked = error._tag === "ProviderUnavailable" ? (error.retryAfterMillis ?? 0) : 0
    const pause = Math.max(asked, backoffMillis(attempts, yield* Random.next))
    if ((yield* Clock.currentTimeMillis) + pause + leastMillis > end) return yield* error
    yield* Effect.sleep(pause)
    now = yield* Clock.currentTimeMillis
  }
})
