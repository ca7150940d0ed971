import { Clock, Effect, type Scope } from "effect"
import { waitingPhones, waitSeconds } from "../telemetry/Metrics.js"

const begin = Effect.map(Clock.currentTimeMillis, (since) => {
  waitingPhones.add(1)
  return since
})

const end = (since: number) =>
  Effect.map(Clock.currentTimeMillis, (now) => {
    waitingPhones.add(-1)
    waitSeconds.observe((now - since) / 1000)
  })

/** A phone waits until the scope closes. */
export const countedWait: Effect.Effect<void, never, Scope.Scope> = Effect.asVoid(
  Effect.acquireRelease(begin, end)
)
