import { Clock, Effect, Layer, Schedule } from "effect"
import { SessionFeed } from "../sessions/SessionFeed.js"
import { SessionRepository } from "../sessions/SessionRepository.js"

const batch = 100

/** Lets sessions expire that got no verdict in their time (contract section 3); found by index, in batches. */
export const ExpirySweep: Layer.Layer<never, never, SessionRepository | SessionFeed> = Layer.scopedDiscard(
  Effect.gen(function* () {
    const repository = yield* SessionRepository
    const feed = yield* SessionFeed

    const sweep: Effect.Effect<void> = Effect.gen(function* () {
      while (true) {
        const expired = yield* repository.expire(yield* Clock.currentTimeMillis, batch)
        yield* Effect.forEach(expired, feed.publish, { discard: true })
        if (expired.length < batch) return
        yield* Effect.yieldNow()
      }
    }).pipe(Effect.catchAll((error) => Effect.logWarning("The expiry sweep has to wait", error)))

    yield* Effect.forkScoped(Effect.repeat(sweep, Schedule.spaced("1 second")))
  })
)
