import { Clock, Duration, Effect, Exit, Fiber, Random } from "effect"
import { backoffMillis } from "../domain/Backoff.js"
import { ProviderTimeout, type ProviderUnavailable, type VerifyHumanError } from "./VerifyHumanError.js"

export interface Patience {
  /** How long one attempt may take. */
  readonly timeout: Duration.Duration
  /** How long all attempts of a call may take together. */
  readonly deadline: Duration.Duration
}

/** With less time than this, an attempt could only leave a token behind that nobody uses. */
const leastMillis = 100

const isWorthAnotherTry = (error: VerifyHumanError): error is ProviderUnavailable | ProviderTimeout =>
  error._tag === "ProviderUnavailable" || error._tag === "ProviderTimeout"

/**
 * Gives an attempt up when its time is over. It has a fiber of its own, so that it can be ended in a caller that cannot
 * be interrupted. (`Effect.timeoutFail` races two fibers: a fifth of all that a start costs.)
 */
const within =
  (duration: Duration.DurationInput) =>
  <A, R>(attempt: Effect.Effect<A, VerifyHumanError, R>): Effect.Effect<A, VerifyHumanError, R> =>
    Effect.uninterruptibleMask((restore) =>
      Effect.gen(function* () {
        const running = yield* Effect.forkDaemon(Effect.interruptible(attempt))
        const watch = yield* Effect.sleep(duration).pipe(
          Effect.zipRight(Fiber.interruptFork(running)),
          Effect.interruptible,
          Effect.forkDaemon
        )
        const giveUp = Effect.zipRight(Fiber.interruptFork(watch), Fiber.interrupt(running))
        const exit = yield* Effect.onInterrupt(restore(running.await), () => giveUp)
        watch.unsafeInterruptAsFork(running.id())
        return yield* Exit.isInterrupted(exit) ? new ProviderTimeout() : exit
      })
    )

/**
 * Tries again after connection failures, timeouts, 5xx and 429, and after nothing else; waits for a jittered back-off,
 * or longer where `Retry-After` says so; and never beyond the deadline, where the last failure stands.
 */
export const withAttempts =
  ({ deadline, timeout }: Patience) =>
  <A, R>(attempt: Effect.Effect<A, VerifyHumanError, R>): Effect.Effect<A, VerifyHumanError, R> =>
    Effect.gen(function* () {
      const until = (yield* Clock.currentTimeMillis) + Duration.toMillis(deadline)
      for (let attempts = 1; ; attempts++) {
        const left = until - (yield* Clock.currentTimeMillis)
        const result = yield* attempt.pipe(
          within(Math.min(Duration.toMillis(timeout), Math.max(1, left))),
          Effect.either
        )
        if (result._tag === "Right") return result.right
        const error = result.left
        if (!isWorthAnotherTry(error)) return yield* error
        const asked = error._tag === "ProviderUnavailable" ? (error.retryAfterMillis ?? 0) : 0
        const pause = Math.max(asked, backoffMillis(attempts, yield* Random.next))
        if ((yield* Clock.currentTimeMillis) + pause + leastMillis > until) return yield* error
        yield* Effect.sleep(pause)
      }
    })
