import type { RequestListener } from "node:http"
import { Effect } from "effect"
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from "jose"
import { listening } from "./listening.js"

export interface SigningKey {
  readonly kid: string
  readonly alg: string
  readonly privateKey: CryptoKey
  readonly publicKey: CryptoKey
  readonly jwk: JWK
}

export const aKey = (alg: string, kid: string): Effect.Effect<SigningKey> =>
  Effect.promise(async () => {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
    return { kid, alg, privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: "sig" } }
  })

export const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds

/** A token of this key; claims and header fields that are undefined are left out. */
export const tokenBy = (
  { alg, kid, privateKey }: SigningKey,
  claims: Record<string, unknown>,
  header: Record<string, unknown> = {}
): Effect.Effect<string> =>
  Effect.promise(() =>
    new SignJWT({ exp: inSeconds(3600), ...claims })
      .setProtectedHeader({ alg, kid, ...header })
      .sign(privateKey, { crit: { b64: true, "urn:x": true } })
  )

/** A token with any header and any signature. */
export const forged = (header: unknown, claims: unknown, signature = ""): string =>
  [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".") +
  `.${signature}`

/** An identity provider's key set over HTTP. */
export interface KeySet {
  readonly url: string
  keys: ReadonlyArray<JWK>
  /** Answers instead of the key set, while it is there. */
  instead: RequestListener | null
  requests: number
}

export const aKeySet = (keys: ReadonlyArray<SigningKey>) =>
  Effect.gen(function* () {
    const set = { url: "", keys: keys.map(({ jwk }) => jwk), instead: null, requests: 0 } as KeySet
    const url = yield* listening((request, response) => {
      set.requests++
      if (set.instead !== null) return set.instead(request, response)
      response.setHeader("content-type", "application/jwk-set+json").end(JSON.stringify({ keys: set.keys }))
    })
    return Object.assign(set, { url: `${url}/keys` })
  })
