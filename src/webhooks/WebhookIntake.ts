import { Context, Effect, Layer } from "effect"
import { ownId } from "../domain/OwnId.js"
import type { SignedDelivery } from "../domain/Signature.js"
import type { StorageUnavailable } from "../domain/StorageUnavailable.js"
import { readWebhookEvent } from "../domain/WebhookEvent.js"
import { Entropy } from "../sessions/Entropy.js"
import { SessionFeed } from "../sessions/SessionFeed.js"
import { Inbox } from "./Inbox.js"
import { WebhookPolicy } from "./WebhookPolicy.js"
import { SignatureNotAccepted, WebhookVerifier } from "./WebhookVerifier.js"

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

      return {
        receive: Effect.fnUntraced(function* (delivery) {
          const verified = yield* verifier.verify(delivery)
          const admission = yield* inbox.admit({
            ...verified,
            id: ownId("ev", verified.receivedAt, yield* entropy.token),
            body: delivery.body,
            event: readWebhookEvent(delivery.body, policy.outcomes)
          })
          if (verified.stale) return yield* new SignatureNotAccepted()
          for (const sessionRef of admission.changed) yield* feed.publish(sessionRef)
          const { id, state, why } = admission.event
          yield* Effect.logInfo("Webhook received").pipe(
            Effect.annotateLogs({ event: id, state, why, duplicate: admission.duplicate })
          )
        })
      }
    })
  )
}
