import { Effect, type Redacted } from "effect"
import type { SignatureSetting } from "../domain/Signature.js"
import { oneOf } from "../settings/Parsers.js"
import { SettingsError } from "../settings/SettingsError.js"
import { readVariables } from "../settings/Variables.js"

export interface WebhookSettings {
  readonly secrets: ReadonlyArray<Redacted.Redacted>
  readonly setting: SignatureSetting
}

/** What the service of these settings accepts of webhooks, whatever the other settings are. */
export const webhookSettings: Effect.Effect<WebhookSettings, SettingsError> = Effect.gen(function* () {
  const variables = yield* readVariables(["VERIFYHUMAN_WEBHOOK_SECRETS", "VERIFYHUMAN_SIGNATURE_SCHEME"])
  const secrets = variables.secrets(
    "VERIFYHUMAN_WEBHOOK_SECRETS",
    "a comma-separated list of secrets",
    () => true
  )
  const setting = variables.withDefault(
    "VERIFYHUMAN_SIGNATURE_SCHEME",
    "body, timestamp.body or either",
    oneOf("body", "timestamp.body", "either"),
    "either"
  )
  const { problems } = variables
  return problems.length === 0 ? { secrets, setting } : yield* new SettingsError({ problems })
})
