import { Context, type Redacted } from "effect"
import type { OutcomeTable } from "../domain/Outcome.js"
import type { SignatureSetting } from "../domain/Signature.js"

/** Which signatures are accepted, and what wire values mean (contract section 2). */
export class WebhookPolicy extends Context.Tag("verifyhuman-dropin/WebhookPolicy")<
  WebhookPolicy,
  {
    readonly secrets: readonly [Redacted.Redacted, ...ReadonlyArray<Redacted.Redacted>]
    readonly scheme: SignatureSetting
    readonly outcomes: OutcomeTable
  }
>() {}
