import { Context, Data, Effect, Layer, Redacted } from "effect"
import { judge, type SignatureScheme, type SignedDelivery, toleranceSeconds } from "../domain/Signature.js"
import { diagnose } from "./Diagnosis.js"
import { RejectedDeliveries } from "./RejectedDeliveries.js"
import { WebhookPolicy } from "./WebhookPolicy.js"

/** The signature was not accepted. It carries nothing, so that every caller is told the same. */
export class SignatureNotAccepted extends Data.TaggedError("SignatureNotAccepted") {}

export interface VerifiedDelivery {
  readonly scheme: SignatureScheme
  readonly secretIndex: number
  /** Signed too long ago, or ahead of time: kept, but not accepted. */
  readonly stale: boolean
  readonly receivedAt: number
}

/** Tells VerifyHuman's webhooks from everybody else's (contract section 4). */
export class WebhookVerifier extends Context.Tag("verifyhuman-dropin/WebhookVerifier")<
  WebhookVerifier,
  {
    readonly verify: (delivery: SignedDelivery) => Effect.Effect<VerifiedDelivery, SignatureNotAccepted>
  }
>() {
  static readonly layer: Layer.Layer<WebhookVerifier, never, WebhookPolicy | RejectedDeliveries> =
    Layer.effect(
      WebhookVerifier,
      Effect.gen(function* () {
        const policy = yield* WebhookPolicy
        const rejected = yield* RejectedDeliveries
        const secrets = policy.secrets.map(Redacted.value)

        const clockSkew = (seconds: number) => () => [
          `signed ${Math.abs(seconds)} s ${seconds > 0 ? "ago" : "ahead"}, more than ${toleranceSeconds} s: a clock is wrong, or the delivery is old`
        ]

        return {
          verify: (delivery) =>
            Effect.clockWith((clock) => {
              const receivedAt = clock.unsafeCurrentTimeMillis()
              const judgement = judge(delivery, secrets, policy.scheme, Math.floor(receivedAt / 1000))
              const bytes = delivery.body.length
              if (judgement._tag === "Rejected") {
                return Effect.zipRight(
                  rejected.record({ reason: judgement.reason, bytes }, () => diagnose(delivery, secrets)),
                  new SignatureNotAccepted()
                )
              }
              const { scheme, secretIndex, skewSeconds } = judgement
              const stale = judgement._tag === "Stale"
              const verified = { scheme, secretIndex, stale, receivedAt }
              return stale
                ? Effect.as(rejected.record({ reason: "stale", bytes }, clockSkew(skewSeconds)), verified)
                : Effect.succeed(verified)
            })
        }
      })
    )
}
