import { timingSafeEqual } from "node:crypto"
import { parseSignature, type SignatureScheme, type SignedDelivery, sign } from "../domain/Signature.js"

/** What would have matched a rejected signature, in words for an operator. Nothing here makes a delivery acceptable. */
export type Diagnosis = ReadonlyArray<string>

const prefix = "whsec_"

const secretForms = (secret: string): ReadonlyArray<readonly [form: string, key: string | Uint8Array]> => {
  const stripped = secret.startsWith(prefix) ? secret.slice(prefix.length) : null
  return [
    ["as configured", secret],
    ...(stripped === null ? [] : [[`without its ${prefix} prefix`, stripped] as const]),
    ["base64-decoded", Buffer.from(stripped ?? secret, "base64")],
    ["with white space around it", `${secret}\n`]
  ]
}

const reserialised = (body: Uint8Array): Uint8Array | null => {
  try {
    const compact = Buffer.from(JSON.stringify(JSON.parse(Buffer.from(body).toString("utf8"))))
    return compact.equals(body) ? null : compact
  } catch {
    return null
  }
}

const bodyForms = (body: Uint8Array): ReadonlyArray<readonly [form: string, bytes: Uint8Array]> => {
  const compact = reserialised(body)
  return [
    ["the body as received", body] as const,
    ...(compact === null ? [] : [["the body parsed and written again", compact] as const])
  ]
}

/** Tries every configured secret in each of its forms, over each form of the body, under both schemes. */
export const diagnose = (delivery: SignedDelivery, secrets: ReadonlyArray<string>): Diagnosis => {
  const given = delivery.signature === undefined ? null : parseSignature(delivery.signature)
  if (given === null) return ["the signature header is missing or not of the form sha256=<64 hex digits>"]
  const schemes: ReadonlyArray<SignatureScheme> =
    delivery.timestamp === undefined ? ["body"] : ["body", "timestamp.body"]
  const findings: Array<string> = []
  for (const [index, secret] of secrets.entries()) {
    for (const [secretForm, key] of secretForms(secret)) {
      for (const [bodyForm, bytes] of bodyForms(delivery.body)) {
        for (const scheme of schemes) {
          if (!timingSafeEqual(sign(key, scheme, delivery.timestamp ?? "", bytes), given)) continue
          findings.push(
            `secret ${index + 1} ${secretForm}, over ${bodyForm}, with scheme ${scheme}, would match`
          )
        }
      }
    }
  }
  return findings.length > 0
    ? findings
    : ["no configured secret matches in any form: another secret, or not from VerifyHuman"]
}
