import { Clock, Duration, Effect, Exit, Fiber, Random } from "effect"
import { backoffMillis } from "../domain/Backoff.js"
import type { Alarms } from "../time/Alarms.js"
import { ProviderTimeout, type ProviderUnavailable, type VerifyHumanError } from "./VerifyHumanError.js"

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
 * Gives an attempt up when its time is over. It has a fiber of its own, so that it can be ended in a caller that cannot
 * be interrupted. (`Effect.timeoutFail` races two fibers: a fifth of all that a start costs.)
 */
const within =
  (alarms: Alarms, until: number) =>
  <A, R>(attempt: Effect.Effect<A, VerifyHumanError, R>): Effect.Effect<A, VerifyHumanError, R> =>
    Effect.uninterruptibleMask((restore) =>
      Effect.gen(function* () {
        const running = yield* Effect.forkDaemon(Effect.interruptible(attempt))
        const end = () => running.unsafeInterruptAsFork(running.id())
        const turnOff = yield* alarms.set(until, end)
        const exit = yield* Effect.onExit(restore(running.await), (waited) => {
          turnOff()
          return Exit.isFailure(waited) ? Fiber.interrupt(running) : Effect.void
        })
        return yield* Exit.isInterrupted(exit) ? new ProviderTimeout() : exit
      })
    )

/**
 * Tries again after connection failures, timeouts, 5xx and 429, and after nothing else; waits for a jittered back-off,
 * or longer where `Retry-After` says so; and never beyond the deadline, where the last failure stands.
 */
export const withAttempts =
  ({ deadline, timeout }: Patience, alarms: Alarms) =>
  <A, R>(attempt: Effect.Effect<A, VerifyHumanError, R>): Effect.Effect<A, VerifyHumanError, R> =>
    Effect.gen(function* () {
      let now = yield* Clock.currentTimeMillis
      const until = now + Duration.toMillis(deadline)
      for (let attempts = 1; ; attempts++) {
        const result = yield* attempt.pipe(
          within(alarms, Math.min(now + Duration.toMillis(timeout), Math.max(now + 1, until))),
          Effect.either
        )
        if (result._tag === "Right") return result.right
        const error = result.left
        if (!isWorthAnotherTry(error)) return yield* error
        const asked = error._tag === "ProviderUnavailable" ? (error.retryAfterMillis ?? 0) : 0
        const pause = Math.max(asked, backoffMillis(attempts, yield* Random.next))
        if ((yield* Clock.currentTimeMillis) + pause + leastMillis > until) return yield* error
        yield* Effect.sleep(pause)
        now = yield* Clock.currentTimeMillis
      }
    })
