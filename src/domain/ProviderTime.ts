import { Brand } from "effect"

/**
 * A provider's timestamp at the full precision it was given, as UTC text that sorts in time order:
 * `2026-05-17T10:30:00.000001`, trailing zeros and the `Z` left off.
 */
export type ProviderTime = string & Brand.Brand<"ProviderTime">
const ProviderTime = Brand.nominal<ProviderTime>()

const rfc3339 =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/

/** The look-behind keeps it linear: a fraction may be as long as a body. */
const trailingZeros = /(?<!0)0+$/

/** Reads an RFC 3339 date-time; `null` when it is not one, so that it ranks below every dated event. */
export const parseProviderTime = (text: unknown): ProviderTime | null => {
  const match = typeof text === "string" ? rfc3339.exec(text) : null
  if (match === null) return null
  const [, year, month, day, hour, minute, second, fraction = "", sign, offsetHour, offsetMinute] = match
  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}`
  const localMillis = Date.parse(`${local}Z`)
  if (Number.isNaN(localMillis)) return null
  const read = new Date(localMillis).toISOString()
  if (read.slice(0, 19) !== local) return null
  if (Number(offsetHour ?? 0) > 23 || Number(offsetMinute ?? 0) > 59) return null
  const offset =
    (Number(offsetHour ?? 0) * 60 + Number(offsetMinute ?? 0)) * (sign === "-" ? -60_000 : 60_000)
  const utc = offset === 0 ? read : new Date(localMillis - offset).toISOString()
  if (utc.length !== 24) return null
  const digits = fraction.replace(trailingZeros, "")
  return ProviderTime(digits === "" ? utc.slice(0, 19) : `${utc.slice(0, 19)}.${digits}`)
}
