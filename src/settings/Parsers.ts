import { Duration, Either, LogLevel, Schema } from "effect"
import { isMetadataHost } from "../domain/MetadataAddress.js"
import type { OutcomeSetting } from "../domain/Outcome.js"
import { Product } from "../domain/Product.js"
import { list, type Parse } from "./Variables.js"

export const oneOf =
  <const Values extends ReadonlyArray<string>>(...values: Values): Parse<Values[number]> =>
  (text) =>
    values.find((value) => value === text) ?? null

export const wholeNumber =
  (least: number, most: number): Parse<number> =>
  (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
    return value >= least && value <= most ? value : null
  }

export const shortText: Parse<string> = (text) => (text.length <= 200 ? text : null)

/** Raw, because URL parsers drop white space, mend slashes and forget an empty fragment. */
const httpForm = /^https?:\/\/[^\s\\#]+$/i

/** An http(s) address, exactly as given: a slash at its end may matter to whoever answers there. */
export const httpUrl: Parse<string> = (text) => {
  const url = httpForm.test(text) && URL.canParse(text) ? new URL(text) : null
  return url !== null && url.username === "" && url.password === "" ? text : null
}

/** An http(s) address that paths are appended to, without the slash at its end. */
export const httpBase: Parse<string> = (text) =>
  text.includes("?") ? null : (httpUrl(text)?.replace(/(?<!\/)\/+$/, "") ?? null)

/** Where verdicts are delivered: anywhere but where clouds keep the credentials of their machines. */
export const deliveryUrl: Parse<string> = (text) => {
  const url = httpUrl(text)
  return url === null || isMetadataHost(new URL(url).hostname) ? null : url
}

const durationForm = /^(\d{1,9}(?:\.\d{1,9})?) ?(milli|second|minute|hour)s?$/

const unitMillis: Readonly<Record<string, number>> = {
  milli: 1,
  second: 1000,
  minute: 60_000,
  hour: 3_600_000
}

/** More than no time, and at most an hour. */
export const duration: Parse<Duration.Duration> = (text) => {
  const [, amount, unit] = durationForm.exec(text) ?? []
  const millis = Number(amount) * (unitMillis[unit ?? ""] ?? 0)
  return millis > 0 && millis <= 3_600_000 ? Duration.millis(millis) : null
}

export const product: Parse<Product> = (text) => Either.getOrNull(Schema.decodeUnknownEither(Product)(text))

export const products: Parse<ReadonlyArray<Product>> = (text) => {
  const found = list(text).map(product)
  return found.length > 0 && found.every((one) => one !== null) ? found : null
}

const outcomeNames: Readonly<Record<string, OutcomeSetting>> = {
  pass: "pass",
  fail: "fail",
  pending: "review",
  review: "review",
  in_review: "review"
}

/** `clear=pass,expired_document=fail`: the provider's values, in lower case, to outcomes; none has two. */
export const outcomes: Parse<ReadonlyMap<string, OutcomeSetting>> = (text) => {
  const table = new Map<string, OutcomeSetting>()
  for (const entry of list(text)) {
    const [wireValue = "", name = "", ...rest] = entry.split("=").map((part) => part.trim().toLowerCase())
    const outcome = Object.hasOwn(outcomeNames, name) ? outcomeNames[name] : undefined
    if (wireValue === "" || outcome === undefined || rest.length > 0) return null
    if ((table.get(wireValue) ?? outcome) !== outcome) return null
    table.set(wireValue, outcome)
  }
  return table
}

const windows: Readonly<Record<string, number>> = {
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000
}

export interface Limit {
  readonly count: number
  readonly windowMillis: number
}

/** `5 per hour`. */
export const limit: Parse<Limit> = (text) => {
  const match = /^(\d{1,6}) per (second|minute|hour|day)$/.exec(text)
  const count = Number(match?.[1] ?? 0)
  const windowMillis = windows[match?.[2] ?? ""]
  return count > 0 && windowMillis !== undefined ? { count, windowMillis } : null
}

const levels: Readonly<Record<string, LogLevel.LogLevel>> = {
  trace: LogLevel.Trace,
  debug: LogLevel.Debug,
  info: LogLevel.Info,
  warn: LogLevel.Warning,
  warning: LogLevel.Warning,
  error: LogLevel.Error,
  fatal: LogLevel.Fatal,
  none: LogLevel.None
}

export const logLevelNames = Object.keys(levels).join(", ")

export const logLevel: Parse<LogLevel.LogLevel> = (text) => {
  const name = text.toLowerCase()
  return Object.hasOwn(levels, name) ? (levels[name] ?? null) : null
}

/** What can stand in a header. */
export const isHeaderValue = (secret: string): boolean => /^[\x21-\x7e]+$/.test(secret)

/** What can be presented as `Authorization: Bearer` (RFC 6750), and is long enough not to be guessed. */
export const isBearerToken = (secret: string): boolean =>
  secret.length >= 32 && /^[A-Za-z0-9\-._~+/]+=*$/.test(secret)

/** A Standard Webhooks secret: `whsec_` and base64 of 24 to 64 bytes. */
export const isStandardWebhooksSecret = (secret: string): boolean => {
  const base64 = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret)?.[1]
  const bytes = base64 === undefined ? 0 : Buffer.from(base64, "base64").length
  return bytes >= 24 && bytes <= 64
}
