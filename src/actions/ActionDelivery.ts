import { Cause, Clock, Effect, Either, Layer, Option, Random } from "effect"
import { workerLayer } from "../background/Worker.js"
import type { Action, ActionAttempt } from "../domain/Action.js"
import { pauseAfter } from "../domain/ActionSchedule.js"
import { SessionFeed } from "../sessions/SessionFeed.js"
import { actionAttempts } from "../telemetry/Metrics.js"
import { Tracing } from "../telemetry/Tracing.js"
import { ActionTarget, DeliveryFailed } from "./ActionTarget.js"
import { Outbox } from "./Outbox.js"

const attemptTimeout = "15 seconds"
/** Longer than an attempt, and short enough that a dead worker's action is taken over within 30 s. */
const leaseMillis = 20_000
const concurrency = 16

const tooSlow = new DeliveryFailed({
  gone: false,
  status: null,
  answer: "no answer within 15 seconds",
  retryAfterMillis: null
})
const defect = new DeliveryFailed({
  gone: false,
  status: null,
  answer: "the target failed unexpectedly",
  retryAfterMillis: null
})

/** Delivers actions at least once, in order per session, until they are taken or given up (contract section 7). */
export const ActionDelivery: Layer.Layer<never, never, Outbox | ActionTarget | SessionFeed> =
  Layer.unwrapScoped(
    Effect.gen(function* () {
      const outbox = yield* Outbox
      const target = yield* ActionTarget
      const feed = yield* SessionFeed
      const { news } = yield* feed.subscribeToAll
      const { span } = yield* Tracing

      const attempt = (action: Action) =>
        Effect.suspend(() => target.deliver(action)).pipe(
          Effect.timeoutFail({ duration: attemptTimeout, onTimeout: () => tooSlow }),
          // A defect, or a target that interrupts itself: without an attempt on record it would be retried for ever.
          Effect.catchAllCause((cause) =>
            Option.match(Cause.failureOption(cause), {
              onSome: (failed) => failed,
              onNone: () => Effect.zipRight(Effect.logError("An action target failed", cause), defect)
            })
          ),
          Effect.either
        )

      const perform = Effect.fnUntraced(function* (action: Action) {
        // A process that was stopped since it claimed this: it is another's by now, and its successors may be out.
        if ((yield* Clock.currentTimeMillis) >= action.nextAttemptAt) return
        const result = yield* span("ActionDelivery.attempt", { attributes: { action: action.id } })(
          attempt(action)
        )
        const now = yield* Clock.currentTimeMillis
        const { answer, status } = Either.merge(result)
        const row = (outcome: ActionAttempt["result"]): ActionAttempt => ({
          actionId: action.id,
          attempt: action.attempts,
          at: now,
          result: outcome,
          status,
          answer
        })
        const record = (
          counted: "delivered" | "failed" | "dead",
          ...what: [ActionAttempt, Pick<Action, "state" | "nextAttemptAt" | "finishedAt">]
        ) => Effect.tap(outbox.record(action, ...what), () => Effect.sync(() => actionAttempts.add(counted)))
        const finished = { nextAttemptAt: now, finishedAt: now }
        if (Either.isRight(result)) {
          return yield* record("delivered", row("delivered"), { ...finished, state: "delivered" })
        }
        const { gone, retryAfterMillis } = result.left
        const pause = gone ? null : pauseAfter(action.tries, retryAfterMillis, yield* Random.next)
        if (pause !== null) {
          const next = { state: "pending", nextAttemptAt: Math.round(now + pause), finishedAt: null } as const
          return yield* record("failed", row("failed"), next)
        }
        yield* Effect.logError("Action given up").pipe(Effect.annotateLogs({ action: action.id, status }))
        return yield* record("dead", row(gone ? "gone" : "failed"), { ...finished, state: "dead" })
      })

      return workerLayer({
        name: "Action delivery",
        concurrency,
        every: "1 second",
        news,
        claim: (room) =>
          Effect.flatMap(Clock.currentTimeMillis, (now) => outbox.claim(now, now + leaseMillis, room)),
        perform
      })
    })
  )
