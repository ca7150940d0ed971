import { createRemoteJWKSet, errors, type JWKSCacheInput, type JWTVerifyGetKey, jwksCache } from "jose"

/** Public-key algorithms only: a key set can never be used as an HMAC secret. */
export const keySetAlgorithms = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519"
]

export interface KeySet {
  readonly keys: JWTVerifyGetKey
  /** When the set that holds now was read; null when it has to be read again before a key may be believed. */
  readonly edition: () => number | null
}

/** Stands in for a key set where none is configured: no key ever fits. */
export const noKeySet: KeySet = {
  keys: () => Promise.reject(new errors.JWKSNoMatchingKey()),
  edition: () => null
}

/** How soon a token with an unknown key may have the key set read again: a rotation is noticed within this time. */
const cooldownDuration = 5000
const timeoutDuration = 3000

/** The public keys that sign user tokens, read when they are needed and kept for ten minutes. */
export const keySetAt = (url: string): KeySet => {
  const read: { uat?: number } = {}
  const keys = createRemoteJWKSet(new URL(url), {
    timeoutDuration,
    cooldownDuration,
    [jwksCache]: read as JWKSCacheInput
  })
  return { keys, edition: () => (keys.fresh ? (read.uat ?? null) : null) }
}

/** Everything that `jose` throws by itself speaks of the token, but for these: the key set could not be read. */
export const isOutage = (cause: unknown): boolean =>
  !(cause instanceof errors.JOSEError) ||
  cause instanceof errors.JWKSTimeout ||
  cause instanceof errors.JWKSInvalid ||
  cause.code === "ERR_JOSE_GENERIC"
