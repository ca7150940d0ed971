import { Clock, Effect, Layer, Schedule } from "effect"
import { announce } from "../sessions/Announcing.js"
import { SessionFeed } from "../sessions/SessionFeed.js"
import { SessionRepository } from "../sessions/SessionRepository.js"

const batch = 100

/** Lets sessions expire that got no verdict in their time (contract section 3); found by index, in batches. */
export const ExpirySweep: Layer.Layer<never, never, SessionRepository | SessionFeed> = Layer.scopedDiscard(
  Effect.gen(function* () {
    const repository = yield* SessionRepository
    const feed = yield* SessionFeed

    let failing = false

    const sweep: Effect.Effect<void> = Effect.gen(function* () {
      while (true) {
        const { changed, due } = yield* repository.expire(yield* Clock.currentTimeMillis, batch)
        if (failing) yield* Effect.logInfo("The expiry sweep goes on")
        failing = false
        yield* announce(feed, "expiry", changed)
        if (due < batch) return
        yield* Effect.yieldNow()
      }
    }).pipe(
      Effect.catchAllCause((cause) => {
        const first = !failing
        failing = true
        return first ? Effect.logWarning("The expiry sweep has to wait", cause) : Effect.void
      })
    )

    yield* Effect.forkScoped(Effect.repeat(sweep, Schedule.spaced("1 second")))
  })
)
