import { Command } from "@effect/cli"
import { NodeHttpClient } from "@effect/platform-node"
import { Clock, Console, Effect, Either, Option, Redacted } from "effect"
import { dotEnv } from "../settings/DotEnv.js"
import { Settings, type SettingsValue } from "../settings/Settings.js"
import { clockFinding } from "./doctor/ClockCheck.js"
import { databaseFinding } from "./doctor/DatabaseCheck.js"
import { deliveryFindings } from "./doctor/DeliveryCheck.js"
import { deliveryOptions, givenDelivery } from "./doctor/DeliveryOptions.js"
import { type Finding, failed, type Result, shown, skipped } from "./doctor/Finding.js"
import { look, type Seen } from "./doctor/Looking.js"
import type { PastedDelivery } from "./doctor/PastedDelivery.js"
import { apiKeyFinding, clientKeyFinding, providerFinding } from "./doctor/ProviderCheck.js"
import { actionsFinding, keySetFinding } from "./doctor/ReachCheck.js"
import { redirectFinding } from "./doctor/RedirectCheck.js"
import { operatorFindings, readyFinding } from "./doctor/ServiceCheck.js"
import { settingsFindings } from "./doctor/SettingsCheck.js"
import { CommandFailed } from "./Failed.js"
import { operatorToken, token } from "./OperatorToken.js"
import { jsonOnly, printJson } from "./Output.js"
import { progress } from "./Progress.js"
import { serviceAddress, url } from "./ServiceAddress.js"
import { webhookSettings } from "./WebhookSettings.js"

interface Chosen {
  readonly url: Option.Option<string>
  readonly token: Option.Option<Redacted.Redacted>
}

const seenBy = (look: Either.Either<Seen, unknown>): Seen | null => Either.getOrNull(look)

/** What needs the settings as a whole. */
const ofSettings = Effect.fnUntraced(function* (settings: SettingsValue, service: Seen | null) {
  const { baseUrl } = settings.verifyHuman
  const provider = yield* Effect.either(look(`${baseUrl}/`))
  return [
    clockFinding([
      { who: "the provider", seen: seenBy(provider) },
      { who: "the service", seen: service }
    ]),
    providerFinding(settings, provider),
    apiKeyFinding(settings),
    yield* clientKeyFinding(settings),
    redirectFinding(settings),
    yield* keySetFinding(settings),
    yield* actionsFinding(settings)
  ]
})

const insideOf = (address: string, chosen: Chosen) =>
  operatorToken(chosen.token).pipe(
    Effect.flatMap((token) => operatorFindings(address, token)),
    Effect.catchTag("SettingsError", ({ message }) =>
      Effect.succeed([failed("operator", message, "set it right, or give --token")])
    )
  )

const ofService = Effect.fnUntraced(function* (chosen: Chosen) {
  const address = yield* Effect.option(serviceAddress(chosen.url))
  if (Option.isNone(address)) {
    return { seen: null, findings: [skipped("service", "the settings do not say where it is")] }
  }
  const service = yield* Effect.either(look(`${address.value}/health/ready`))
  const ready = readyFinding(address.value, service)
  const inside = Either.isRight(service) ? yield* insideOf(address.value, chosen) : []
  return { seen: seenBy(service), findings: [ready, ...inside] }
})

const everything = Effect.fnUntraced(function* (chosen: Chosen) {
  const done = yield* progress("checks", 3)
  const settings = yield* Effect.either(Settings.read)
  const service = yield* ofService(chosen)
  yield* done(1)
  const database = yield* databaseFinding
  yield* done(2)
  const others = Either.isRight(settings) ? yield* ofSettings(settings.right, service.seen) : []
  yield* done(3)
  return [...settingsFindings(settings), database, ...others, ...service.findings]
}, Effect.scoped)

const ofDelivery = Effect.fnUntraced(function* (delivery: PastedDelivery) {
  const { secrets, setting } = yield* webhookSettings
  if (secrets.length === 0) {
    return yield* new CommandFailed({
      message: "VERIFYHUMAN_WEBHOOK_SECRETS is not set: there is nothing to compare the signature with."
    })
  }
  const now = Math.floor((yield* Clock.currentTimeMillis) / 1000)
  return deliveryFindings(delivery, { secrets: secrets.map(Redacted.value), setting }, now)
})

const told = Effect.fnUntraced(function* (findings: ReadonlyArray<Finding>, json: boolean) {
  const count = (result: Result) => findings.filter((finding) => finding.result === result).length
  yield* json
    ? printJson({ failed: count("failed"), warnings: count("warning"), findings })
    : Console.log(findings.map(shown).join("\n"))
  if (count("failed") > 0) {
    return yield* new CommandFailed({ message: `Failed: ${count("failed")}. Warnings: ${count("warning")}.` })
  }
})

export const doctor = Command.make("doctor", { ...deliveryOptions, url, token, json: jsonOnly }, (chosen) =>
  Effect.gen(function* () {
    const delivery = yield* givenDelivery(chosen)
    const findings = yield* Option.match(delivery, {
      onNone: () => everything(chosen),
      onSome: ofDelivery
    })
    yield* told(findings, chosen.json)
  }).pipe(Effect.provide([NodeHttpClient.layerUndici, dotEnv]))
).pipe(
  Command.withDescription(
    "Looks at settings, clock, database, provider and the running service, and says what to do. Changes nothing and spends no credit."
  )
)
