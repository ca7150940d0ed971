import { createHmac, timingSafeEqual } from "node:crypto"

/** Which string is signed: the raw body, or `<timestamp>.<raw body>` (unknown of the provider; a setting). */
export type SignatureScheme = "body" | "timestamp.body"
export type SignatureSetting = SignatureScheme | "either"

export interface SignedDelivery {
  readonly body: Uint8Array
  readonly signature: string | undefined
  readonly timestamp: string | undefined
}

export type SignatureRejection = "missing" | "malformed" | "wrong"

export type SignatureJudgement =
  | {
      readonly _tag: "Verified"
      readonly scheme: SignatureScheme
      readonly secretIndex: number
      readonly skewSeconds: number
    }
  | {
      readonly _tag: "Stale"
      readonly scheme: SignatureScheme
      readonly secretIndex: number
      readonly skewSeconds: number
    }
  | { readonly _tag: "Rejected"; readonly reason: SignatureRejection }

/** How far a signed timestamp may be from the moment of receipt. */
export const toleranceSeconds = 300

const prefix = "sha256="
const signatureForm = /^sha256=[0-9a-fA-F]{64}$/
const timestampForm = /^\d{1,12}$/

/** HMAC-SHA-256 (RFC 2104) over the exact bytes. */
export const sign = (
  secret: string | Uint8Array,
  scheme: SignatureScheme,
  timestamp: string,
  body: Uint8Array
): Buffer => {
  const hmac = createHmac("sha256", secret)
  if (scheme === "timestamp.body") hmac.update(`${timestamp}.`)
  return hmac.update(body).digest()
}

/** The bytes of a well-formed `sha256=<64 hex digits>` header, else `null`. */
export const parseSignature = (header: string): Buffer | null =>
  signatureForm.test(header) ? Buffer.from(header.slice(prefix.length), "hex") : null

/** First what proves when it was signed. */
const schemesOf = (setting: SignatureSetting): ReadonlyArray<SignatureScheme> =>
  setting === "either" ? ["timestamp.body", "body"] : [setting]

/**
 * Judges a delivery against every accepted secret, in constant time, before anything is decoded. Only a signed
 * timestamp can make it stale: an unsigned one proves nothing either way.
 */
export const judge = (
  delivery: SignedDelivery,
  secrets: ReadonlyArray<string>,
  setting: SignatureSetting,
  nowSeconds: number
): SignatureJudgement => {
  if (delivery.signature === undefined || delivery.signature === "")
    return { _tag: "Rejected", reason: "missing" }
  const given = parseSignature(delivery.signature)
  if (given === null) return { _tag: "Rejected", reason: "malformed" }
  const timestamp =
    delivery.timestamp !== undefined && timestampForm.test(delivery.timestamp) ? delivery.timestamp : null
  for (const scheme of schemesOf(setting)) {
    if (scheme === "timestamp.body" && timestamp === null) continue
    for (const [secretIndex, secret] of secrets.entries()) {
      if (!timingSafeEqual(sign(secret, scheme, timestamp ?? "", delivery.body), given)) continue
      const skewSeconds = timestamp === null ? 0 : nowSeconds - Number(timestamp)
      const stale = scheme === "timestamp.body" && Math.abs(skewSeconds) > toleranceSeconds
      return { _tag: stale ? "Stale" : "Verified", scheme, secretIndex, skewSeconds }
    }
  }
  return { _tag: "Rejected", reason: "wrong" }
}
