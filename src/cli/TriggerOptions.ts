import { Options } from "@effect/cli"
import { Redacted } from "effect"
import { Product } from "../domain/Product.js"
import { completed } from "../domain/WebhookEvent.js"
import { httpUrl, wholeNumber } from "../settings/Parsers.js"
import { jsonOnly } from "./Output.js"
import { read } from "./ReadOption.js"

const text = (name: string, pseudoName: string, description: string) =>
  Options.text(name).pipe(
    Options.withPseudoName(pseudoName),
    Options.withDescription(description),
    Options.optional
  )

const count = (name: string, description: string, least: number, most: number, fallback: number) =>
  Options.text(name).pipe(
    Options.withPseudoName("N"),
    Options.withDescription(description),
    read(`--${name}`, `a whole number, ${least} to ${most}`, wholeNumber(least, most)),
    Options.withDefault(fallback)
  )

/** Everything about a webhook that can be chosen. */
export const triggerOptions = {
  url: Options.text("url").pipe(
    Options.withPseudoName("URL"),
    Options.withDescription(
      "Where it goes; PUBLIC_URL if not given, else http://localhost:PORT, each with /api/webhooks/verifyhuman"
    ),
    read("--url", "an http:// or https:// address", httpUrl),
    Options.optional
  ),
  secret: Options.redacted("secret").pipe(
    Options.withPseudoName("SECRET"),
    Options.withDescription("What it is signed with; the first of VERIFYHUMAN_WEBHOOK_SECRETS if not given"),
    read("--secret", "a secret", (secret) => (Redacted.value(secret).trim() === "" ? null : secret)),
    Options.optional
  ),
  wrongSecret: Options.boolean("wrong-secret").pipe(
    Options.withDescription("Signs with a secret that nobody knows")
  ),
  scheme: Options.choice("scheme", ["body", "timestamp.body"]).pipe(
    Options.withDescription("What is signed; as VERIFYHUMAN_SIGNATURE_SCHEME says if not given, else body"),
    Options.optional
  ),
  shape: Options.choice("shape", ["nested", "flat"]).pipe(
    Options.withDescription("The envelope with data inside, or all in one; nested if not given"),
    Options.withDefault("nested" as const)
  ),
  type: Options.text("type").pipe(
    Options.withPseudoName("TYPE"),
    Options.withDescription("Such as test.ping; verification.completed if not given"),
    Options.withDefault(completed)
  ),
  status: text("status", "STATUS", "PASS, FAIL, PENDING or any other; PASS if not given"),
  product: text(
    "product",
    "PRODUCT",
    `${Product.literals.join(", ")} or any other; verifyidentity if not given`
  ),
  environment: Options.choice("environment", ["test", "live"]).pipe(
    Options.withDescription("test if not given"),
    Options.withDefault("test" as const)
  ),
  tokenRef: text("token-ref", "TOKEN", "The session's token, the last part of its hosted URL"),
  sessionRef: text("session-ref", "SESSION_REF", "The field session_ref"),
  verificationId: text("verification-id", "ID", "The field verification_id; made up if not given"),
  id: text("id", "ID", "The event's id; made up if not given, and left out where the shape is flat"),
  time: text("time", "TIME", "When the provider says that it happened; now if not given"),
  age: count(
    "age",
    "Signs with a timestamp that is so many seconds old; more than 300 are too many where it is signed",
    0,
    100_000_000,
    0
  ),
  repeat: count("repeat", "Delivers the same event so many times", 1, 10_000, 1),
  print: Options.boolean("print").pipe(
    Options.withDescription("Prints the curl command that would do the same, and sends nothing")
  ),
  json: jsonOnly
}
