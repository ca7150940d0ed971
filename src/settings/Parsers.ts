import { Duration, Either, LogLevel, Schema } from "effect"
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

/** An http(s) address without the slash at its end. */
export const httpUrl: Parse<string> = (text) => {
  const url = URL.canParse(text) ? new URL(text) : null
  return url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.hash === ""
    ? text.replace(/\/+$/, "")
    : null
}

const durationForm = /^\d+(?:\.\d+)? ?(?:milli|second|minute|hour|day)s?$/

export const duration: Parse<Duration.Duration> = (text) => {
  const decoded = durationForm.test(text)
    ? Duration.decodeUnknown(text.replace(/(\d)([a-z])/, "$1 $2"))
    : null
  return decoded?._tag === "Some" && Duration.toMillis(decoded.value) > 0 ? decoded.value : null
}

export const product: Parse<Product> = (text) => Either.getOrNull(Schema.decodeUnknownEither(Product)(text))

export const products: Parse<ReadonlyArray<Product>> = (text) => {
  const found = list(text).map(product)
  return found.every((one) => one !== null) ? found : null
}

const outcomeNames: Readonly<Record<string, OutcomeSetting>> = {
  pass: "pass",
  fail: "fail",
  pending: "review",
  review: "review",
  in_review: "review"
}

/** `clear=pass,expired_document=fail`: the provider's values, in lower case, to outcomes. */
export const outcomes: Parse<ReadonlyMap<string, OutcomeSetting>> = (text) => {
  const table = new Map<string, OutcomeSetting>()
  for (const entry of list(text)) {
    const [wireValue = "", name = "", ...rest] = entry.split("=").map((part) => part.trim().toLowerCase())
    const outcome = Object.hasOwn(outcomeNames, name) ? outcomeNames[name] : undefined
    if (wireValue === "" || outcome === undefined || rest.length > 0) return null
    table.set(wireValue, outcome)
  }
  return table
}

export type Database = { readonly _tag: "memory" } | { readonly _tag: "sqlite"; readonly filename: string }

export const database: Parse<Database> = (text) => {
  if (text === "sqlite::memory:") return { _tag: "memory" }
  const filename = text.startsWith("sqlite:") ? text.slice("sqlite:".length) : ""
  return filename === "" || filename.startsWith("//") ? null : { _tag: "sqlite", filename }
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
  warning: LogLevel.Warning,
  error: LogLevel.Error,
  fatal: LogLevel.Fatal,
  none: LogLevel.None
}

export const logLevelNames = Object.keys(levels)

export const logLevel: Parse<LogLevel.LogLevel> = (text) => levels[text.toLowerCase()] ?? null

/** A Standard Webhooks secret: `whsec_` and base64 of 24 to 64 bytes. */
export const isStandardWebhooksSecret = (secret: string): boolean => {
  const base64 = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret)?.[1]
  const bytes = base64 === undefined ? 0 : Buffer.from(base64, "base64").length
  return bytes >= 24 && bytes <= 64
}
