import { type Identifier, identifier, identifiersIn, referencesOf } from "./Correlation.js"
import { sha256 } from "./Digest.js"
import { isJsonRecord, type JsonRecord, stringOrNull } from "./Json.js"
import { type Outcome, type OutcomeTable, readOutcome } from "./Outcome.js"
import { type ProviderTime, parseProviderTime } from "./ProviderTime.js"
import { displayable } from "./Text.js"

/** One provider event, read from either documented body (contract sections 4 to 6). Its texts are displayable. */
export interface WebhookEvent {
  readonly eventId: string | null
  readonly dedupeKey: string
  readonly type: string
  readonly environment: string | null
  readonly product: string | null
  readonly outcome: Outcome
  readonly providerStatus: string | null
  readonly providerTime: ProviderTime | null
  readonly verification: Identifier | null
  readonly candidates: ReadonlyArray<Identifier>
}

export const completed = "verification.completed"
export const ping = "test.ping"

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

const parseRecord = (bytes: Uint8Array): JsonRecord | null => {
  try {
    const json: unknown = JSON.parse(utf8.decode(bytes))
    return isJsonRecord(json) ? json : null
  } catch {
    return null
  }
}

const show = (text: string | null): string | null => (text === null ? null : displayable(text))

/** A value that is no text, as JSON; nested deeper than the stack, it cannot be written, though it was read. */
const written = (value: unknown): string => {
  try {
    return JSON.stringify(value)
  } catch {
    return "…"
  }
}

const statusText = (value: unknown): string | null =>
  value === undefined || value === null
    ? null
    : displayable(typeof value === "string" ? value : written(value))

/**
 * What makes two deliveries the same event: its `id`, or, without one, its exact bytes; told apart per
 * environment. A hash, because an id from outside may be of any length and content.
 */
const dedupeKey = (bytes: Uint8Array, environment: string | null, id: string | null): string =>
  sha256(
    Buffer.concat([
      Buffer.from(`${JSON.stringify(environment)}\n${id === null ? "body" : "id"}\n`),
      id === null ? bytes : Buffer.from(id, "utf16le")
    ])
  )

/** The dedupe key of a delivery that cannot be read. */
export const unreadableKey = (bytes: Uint8Array): string => dedupeKey(bytes, null, null)

/** The `verification_id` that a body carries, for showing; null when it has none. */
export const verificationIdIn = (bytes: Uint8Array): string | null => {
  const body = parseRecord(bytes)
  const inside = isJsonRecord(body?.data) ? stringOrNull(body.data.verification_id) : null
  return show(inside ?? stringOrNull(body?.verification_id))
}

/** The references that a body carries, for showing: tokens by their names alone. */
export const referencesIn = (bytes: Uint8Array) =>
  referencesOf(parseRecord(bytes)).map(({ kind, place, value }) => ({
    name: place === "" ? kind : `${place}.${kind}`,
    value: kind.endsWith("token") ? null : displayable(value)
  }))

/** Reads the exact bytes of a verified delivery; `null` when they are not a JSON object in UTF-8. */
export const readWebhookEvent = (bytes: Uint8Array, outcomes: OutcomeTable): WebhookEvent | null => {
  const body = parseRecord(bytes)
  if (body === null) return null
  const details = isJsonRecord(body.data) ? body.data : body
  const id = stringOrNull(body.id)
  const environment = stringOrNull(body.environment)
  const verificationId = stringOrNull(details.verification_id)
  return {
    eventId: show(id),
    dedupeKey: dedupeKey(bytes, environment, id),
    type: displayable(stringOrNull(body.type) ?? stringOrNull(body.event) ?? ""),
    environment: show(environment),
    product: show(stringOrNull(details.product)),
    outcome: readOutcome(outcomes, details.status),
    providerStatus: statusText(details.status),
    providerTime: parseProviderTime(body.created) ?? parseProviderTime(body.timestamp),
    verification: verificationId === null ? null : identifier("verification_id", verificationId),
    candidates: identifiersIn(body)
  }
}
