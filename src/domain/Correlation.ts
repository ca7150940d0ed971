import { createHash } from "node:crypto"
import { isJsonRecord, type JsonRecord, stringOrNull } from "./Json.js"

/** The names under which the provider may carry a reference to a session (contract section 6). */
export const referenceNames = [
  "token",
  "hosted_token",
  "session_token",
  "session_id",
  "session_ref",
  "reference",
  "reference_id",
  "client_reference_id",
  "external_id",
  "verification_id"
] as const

export type IdentifierKind = (typeof referenceNames)[number]

export interface Identifier {
  readonly kind: IdentifierKind
  readonly hash: IdentifierHash
}

/** SHA-256 of an identifier in hex: what is stored and compared instead of the identifier. */
export type IdentifierHash = string

export const identifier = (kind: IdentifierKind, value: string): Identifier => ({
  kind,
  hash: createHash("sha256").update(value, "utf16le").digest("hex")
})

const places = (body: JsonRecord): ReadonlyArray<unknown> => {
  const data = isJsonRecord(body.data) ? body.data : {}
  return [body, data, body.metadata, data.metadata]
}

/**
 * Every exact identifier that a body carries: the strings under the reference names at its top level, in
 * `data`, and in the `metadata` of either. The one place that knows how sessions and events find each other.
 */
export const identifiersIn = (body: unknown): ReadonlyArray<Identifier> => {
  if (!isJsonRecord(body)) return []
  const found = new Map<IdentifierHash, Identifier>()
  for (const place of places(body)) {
    if (!isJsonRecord(place)) continue
    for (const name of referenceNames) {
      const value = Object.hasOwn(place, name) ? stringOrNull(place[name]) : null
      if (value === null) continue
      const candidate = identifier(name, value)
      if (!found.has(candidate.hash)) found.set(candidate.hash, candidate)
    }
  }
  return [...found.values()]
}
