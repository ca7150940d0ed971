import { monitorEventLoopDelay } from "node:perf_hooks"
import { Cause, Clock, Context, Effect, Layer, Schedule, type Scope } from "effect"
import type { StorageUnavailable } from "../domain/StorageUnavailable.js"
import { PollGate } from "../polling/PollGate.js"
import { measureAll } from "../telemetry/Measures.js"
import * as Metrics from "../telemetry/Metrics.js"
import { Records } from "./Records.js"
import { between, reading, type Trend } from "./Trends.js"

const every = "10 seconds"
/** Two hours. */
const kept = 720
/** A minute: a stall is seen by whoever looks that often. */
const delaysKept = 6

/** Where the database does not answer, `/health/ready` tells why; the rest is true all the same. */
const asFarAsPossible = <A>(look: Effect.Effect<A, StorageUnavailable>): Effect.Effect<void> =>
  look.pipe(
    Effect.catchAllCause((cause) =>
      Cause.isDie(cause) ? Effect.logError("The figures cannot be read", cause) : Effect.void
    ),
    Effect.asVoid
  )

/** Looks every 10 seconds at what nobody counts as it happens, and remembers how the last two hours went. */
export class Observing extends Context.Tag("verifyhuman-dropin/Observing")<
  Observing,
  {
    /** Brings the gauges up to date, as far as the database answers. */
    readonly look: Effect.Effect<void>
    /** Of this process, oldest first. */
    readonly trends: Effect.Effect<ReadonlyArray<Trend>>
  }
>() {
  static readonly layer: Layer.Layer<Observing, never, Records | PollGate> = Layer.scoped(
    Observing,
    Effect.gen(function* () {
      const records = yield* Records
      const gate = yield* PollGate
      const delay = yield* eventLoopDelay
      const delays: Array<number> = []
      const trends: Array<Trend> = []
      let before = reading()

      const look = Effect.gen(function* () {
        yield* measureAll
        Metrics.residentMemory.set(process.memoryUsage.rss())
        Metrics.uptime.set(process.uptime())
        Metrics.eventLoopDelay.set(Math.max(delay.max / 1e9, ...delays))
        const { openUntil, refused } = yield* gate.current
        Metrics.breakerOpen.set(openUntil === null ? 0 : 1)
        Metrics.refusedProducts.set(refused.size)
        const figures = yield* records.figures
        const now = yield* Clock.currentTimeMillis
        const age = figures.oldestPendingAction === null ? 0 : now - figures.oldestPendingAction
        Metrics.unmatchedEvents.set(figures.unmatchedEvents)
        Metrics.expiredWithoutEvent.set(figures.expiredWithoutEvent)
        Metrics.actions.set(figures.pendingActions, "pending")
        Metrics.actions.set(figures.deadActions, "dead")
        Metrics.actionBacklogSeconds.set(Math.max(0, age) / 1000)
        return figures
      })

      const remember = Effect.gen(function* () {
        delays.unshift(delay.max / 1e9)
        delays.splice(delaysKept)
        delay.reset()
        const { deadActions, pendingActions } = yield* look
        const now = reading()
        const at = yield* Clock.currentTimeMillis
        trends.push({ at, ...between(before, now), pendingActions, deadActions })
        trends.splice(0, trends.length - kept)
        before = now
      })

      yield* Effect.forkScoped(Effect.repeat(asFarAsPossible(remember), Schedule.spaced(every)))

      return { look: asFarAsPossible(look), trends: Effect.sync(() => [...trends]) }
    })
  )
}

const eventLoopDelay: Effect.Effect<
  ReturnType<typeof monitorEventLoopDelay>,
  never,
  Scope.Scope
> = Effect.acquireRelease(
  Effect.sync(() => {
    const delay = monitorEventLoopDelay({ resolution: 20 })
    delay.enable()
    return delay
  }),
  (delay) => Effect.sync(() => delay.disable())
)
