import { Clock, Effect, type Scope } from "effect"
import { waitingPhones, waitSeconds } from "../telemetry/Metrics.js"

/** A phone waits until the scope closes. */
export const countedWait: Effect.Effect<void, never, Scope.Scope> = Effect.gen(function* () {
  const since = yield* Clock.currentTimeMillis
  waitingPhones.add(1)
  yield* Effect.addFinalizer(() =>
    Effect.map(Clock.currentTimeMillis, (now) => {
      waitingPhones.add(-1)
      waitSeconds.observe((now - since) / 1000)
    })
  )
})
