import { Clock, Context, Effect, Layer } from "effect"
import { ownId } from "../domain/OwnId.js"
import type { ProviderTime } from "../domain/ProviderTime.js"
import type { SignedDelivery } from "../domain/Signature.js"
import type { StorageUnavailable } from "../domain/StorageUnavailable.js"
import { readWebhookEvent } from "../domain/WebhookEvent.js"
import { announce } from "../sessions/Announcing.js"
import { Entropy } from "../sessions/Entropy.js"
import { SessionFeed } from "../sessions/SessionFeed.js"
import { deliveries, verdictDelay } from "../telemetry/Metrics.js"
import { Tracing } from "../telemetry/Tracing.js"
import { Inbox } from "./Inbox.js"
import { WebhookPolicy } from "./WebhookPolicy.js"
import { SignatureNotAccepted, WebhookVerifier } from "./WebhookVerifier.js"

const refused = (result: "rejected" | "unavailable") => Effect.sync(() => deliveries.add(result))

const secondsSince = (time: ProviderTime, now: number) => Math.max(0, (now - Date.parse(`${time}Z`)) / 1000)

/** The way of a webhook: verify, read, admit, tell who waits (contract section 4). */
export class WebhookIntake extends Context.Tag("verifyhuman-dropin/WebhookIntake")<
  WebhookIntake,
  {
    /** Succeeds only after the event, and the verdict that follows from it, are committed. */
    readonly receive: (
      delivery: SignedDelivery
    ) => Effect.Effect<void, SignatureNotAccepted | StorageUnavailable>
  }
>() {
  static readonly layer: Layer.Layer<
    WebhookIntake,
    never,
    WebhookVerifier | WebhookPolicy | Inbox | SessionFeed
  > = Layer.effect(
    WebhookIntake,
    Effect.gen(function* () {
      const verifier = yield* WebhookVerifier
      const policy = yield* WebhookPolicy
      const inbox = yield* Inbox
      const feed = yield* SessionFeed
      const entropy = yield* Entropy
      const { span } = yield* Tracing

      return {
        receive: Effect.fnUntraced(function* (delivery) {
          const { receivedAt, scheme, secretIndex, stale } = yield* verifier
            .verify(delivery)
            .pipe(Effect.tapError(() => refused("rejected")))
          const id = ownId("ev", receivedAt, yield* entropy.token)
          const { body } = delivery
          const event = readWebhookEvent(body, policy.outcomes)
          const admission = yield* inbox
            .admit({ id, receivedAt, scheme, secretIndex, stale, body, event })
            .pipe(Effect.tapError(() => refused("unavailable")))
          if (stale) {
            deliveries.add("stale")
            return yield* new SignatureNotAccepted()
          }
          const { providerTime, sessionRef, state, why } = admission.event
          deliveries.add(admission.duplicate ? "duplicate" : state)
          if (admission.changed.length > 0) {
            if (providerTime !== null)
              verdictDelay.observe(secondsSince(providerTime, yield* Clock.currentTimeMillis))
            yield* announce(feed, "webhook", admission.changed)
          }
          yield* Effect.logInfo("Webhook received", {
            event: admission.event.id,
            session_ref: sessionRef,
            state,
            why,
            duplicate: admission.duplicate
          })
        }, span("WebhookIntake.receive"))
      }
    })
  )
}
