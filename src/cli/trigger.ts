import { randomBytes, randomUUID } from "node:crypto"
import { Command } from "@effect/cli"
import { HttpClient, HttpClientRequest } from "@effect/platform"
import { NodeHttpClient } from "@effect/platform-node"
import { Clock, Console, Effect, Option, Redacted } from "effect"
import { iso } from "../domain/Iso.js"
import { sign } from "../domain/Signature.js"
import { displayable } from "../domain/Text.js"
import { dotEnv } from "../settings/DotEnv.js"
import { CommandFailed } from "./Failed.js"
import { byState } from "./Ink.js"
import { printJson, written } from "./Output.js"
import { progress } from "./Progress.js"
import { serviceAddress } from "./ServiceAddress.js"
import { triggerOptions } from "./TriggerOptions.js"
import { whyUnreachable } from "./Unreachable.js"
import { webhookBody } from "./WebhookBody.js"
import { webhookSettings } from "./WebhookSettings.js"

const path = "/api/webhooks/verifyhuman"

interface Delivery {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

interface Answer {
  readonly status: number
  readonly body: unknown
}

const target = (url: Option.Option<string>) =>
  Option.match(url, {
    onNone: () => Effect.map(serviceAddress(Option.none()), (address) => `${address}${path}`),
    onSome: (given) => Effect.succeed(new URL(given).pathname === "/" ? new URL(path, given).href : given)
  })

const noSecret = new CommandFailed({
  message:
    "Nothing to sign with: give --secret, or set VERIFYHUMAN_WEBHOOK_SECRETS. (Where it is not set, the sandbox makes one up and tells nobody.)"
})

const inQuotes = (text: string) => `'${text.replaceAll("'", "'\\''")}'`

const curl = ({ body, headers, url }: Delivery): string =>
  [
    `curl -sS -X POST ${inQuotes(url)}`,
    ...Object.entries(headers).map(([name, value]) => `-H ${inQuotes(`${name}: ${value}`)}`),
    `--data-binary ${inQuotes(body)}`
  ].join(" \\\n  ")

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return displayable(text)
  }
}

const send = Effect.fnUntraced(function* ({ body, headers, url }: Delivery) {
  const request = HttpClientRequest.post(url, { headers }).pipe(
    HttpClientRequest.bodyText(body, "application/json")
  )
  const response = yield* HttpClient.execute(request)
  return { status: response.status, body: parsed(yield* response.text) } satisfies Answer
})

const isGood = ({ status }: Answer) => status >= 200 && status <= 299

const line = (answer: Answer) =>
  `${byState(isGood(answer) ? "ok" : "failed")(String(answer.status))} ${written(answer.body)}`

/** Equal answers once, with their number. */
const lines = (answers: ReadonlyArray<Answer>): ReadonlyArray<string> => {
  const counts = new Map<string, number>()
  for (const answer of answers) counts.set(line(answer), (counts.get(line(answer)) ?? 0) + 1)
  return [...counts].map(([text, count]) => (count === 1 ? text : `${text} (${count} times)`))
}

const refused = (answers: ReadonlyArray<Answer>) => {
  const bad = answers.filter((answer) => !isGood(answer))
  const advice = bad.some(({ status }) => status === 401)
    ? ": is it signed with one of the service's VERIFYHUMAN_WEBHOOK_SECRETS? events rejected tells why"
    : ""
  return new CommandFailed({ message: `${bad.length} of ${answers.length} were not accepted${advice}.` })
}

const deliverAll = Effect.fnUntraced(function* (delivery: Delivery, times: number) {
  const shown = yield* progress("delivered", times)
  const answers: Array<Answer> = []
  for (let time = 1; time <= times; time++) {
    const deliveryId = { "x-verifyhuman-delivery-id": randomUUID() }
    const one = { ...delivery, headers: { ...delivery.headers, ...deliveryId } }
    const answer = yield* Effect.mapError(
      Effect.timeout(send(one), "30 seconds"),
      (error) =>
        new CommandFailed({
          message: `No answer from ${delivery.url}: ${whyUnreachable(error)}. Start the service, or say where it is with --url.`
        })
    )
    answers.push(answer)
    yield* shown(time)
  }
  return answers
}, Effect.scoped)

const deliver = Effect.fnUntraced(function* (delivery: Delivery, times: number, json: boolean) {
  const answers = yield* deliverAll(delivery, times)
  yield* json ? printJson({ answers }) : Console.log(lines(answers).join("\n"))
  if (!answers.every(isGood)) return yield* refused(answers)
})

export const trigger = Command.make("trigger", triggerOptions, (chosen) =>
  Effect.gen(function* () {
    const { secrets, setting } = yield* webhookSettings
    const unknown = Redacted.make(randomBytes(32).toString("base64url"))
    const secret = chosen.wrongSecret
      ? Option.some(unknown)
      : Option.orElse(chosen.secret, () => Option.fromNullable(secrets[0]))
    if (Option.isNone(secret)) return yield* noSecret
    const now = yield* Clock.currentTimeMillis
    const timestamp = String(Math.floor(now / 1000) - chosen.age)
    const eventId = Option.getOrElse(chosen.id, () => randomUUID() as string)
    const body = webhookBody(
      {
        ...chosen,
        id: Option.getOrNull(chosen.id),
        time: Option.getOrElse(chosen.time, () => iso(now)),
        status: Option.getOrNull(chosen.status),
        product: Option.getOrNull(chosen.product),
        verificationId: Option.getOrNull(chosen.verificationId),
        tokenRef: Option.getOrNull(chosen.tokenRef),
        sessionRef: Option.getOrNull(chosen.sessionRef)
      },
      { eventId, verificationId: `ver_${randomBytes(12).toString("hex")}` }
    )
    const scheme = Option.getOrElse(chosen.scheme, () => (setting === "either" ? "body" : setting))
    const signature = sign(Redacted.value(secret.value), scheme, timestamp, Buffer.from(body))
    const delivery: Delivery = {
      url: yield* target(chosen.url),
      headers: {
        "content-type": "application/json",
        "x-verifyhuman-signature": `sha256=${signature.toString("hex")}`,
        "x-verifyhuman-timestamp": timestamp,
        "x-verifyhuman-event": chosen.type,
        "x-verifyhuman-event-id": eventId,
        "x-verifyhuman-environment": chosen.environment
      },
      body
    }
    yield* chosen.print
      ? chosen.json
        ? printJson(delivery)
        : Console.log(curl(delivery))
      : deliver(delivery, chosen.repeat, chosen.json)
  }).pipe(Effect.provide([NodeHttpClient.layerUndici, dotEnv]))
).pipe(
  Command.withDescription(
    "Sends a signed webhook to a running service, as VerifyHuman would. Without a reference it matches no session."
  )
)
