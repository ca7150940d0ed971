import { sha256 } from "./Digest.js"
import { isJsonRecord, type JsonRecord, stringOrNull } from "./Json.js"
import { isSessionRef } from "./Session.js"

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

/** What is stored and compared instead of an identifier: its SHA-256, or a `session_ref` as it is. */
export type IdentifierHash = string

/**
 * There is nothing to hide in a `session_ref`, and those that are made one after another stay together where
 * identifiers are kept in order.
 */
export const identifier = (kind: IdentifierKind, value: string): Identifier => ({
  kind,
  hash: isSessionRef(value) ? value : sha256(Buffer.from(value, "utf16le"))
})

const placesOf = (body: JsonRecord): ReadonlyArray<readonly [place: string, unknown]> => {
  const data = isJsonRecord(body.data) ? body.data : {}
  return [
    ["", body],
    ["data", data],
    ["metadata", body.metadata],
    ["data.metadata", data.metadata]
  ]
}

/** A string under a reference name. */
interface Reference {
  readonly place: string
  readonly kind: IdentifierKind
  readonly value: string
}

/** The strings under the reference names at a body's top level, in `data`, and in the `metadata` of either. */
export const referencesOf = (body: unknown): ReadonlyArray<Reference> => {
  if (!isJsonRecord(body)) return []
  const found: Array<Reference> = []
  for (const [place, content] of placesOf(body)) {
    if (!isJsonRecord(content)) continue
    for (const kind of referenceNames) {
      const value = Object.hasOwn(content, kind) ? stringOrNull(content[kind]) : null
      if (value !== null) found.push({ place, kind, value })
    }
  }
  return found
}

/** Every exact identifier that a body carries. The one place that knows how sessions and events find each other. */
export const identifiersIn = (body: unknown): ReadonlyArray<Identifier> => {
  const found = new Map<IdentifierHash, Identifier>()
  for (const { kind, value } of referencesOf(body)) {
    const candidate = identifier(kind, value)
    if (!found.has(candidate.hash)) found.set(candidate.hash, candidate)
  }
  return [...found.values()]
}
