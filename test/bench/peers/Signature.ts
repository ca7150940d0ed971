import { createHmac, timingSafeEqual } from "node:crypto"
import { toleranceSeconds, webhookSecret } from "../Terms.js"

const signatureForm = /^sha256=([0-9a-fA-F]{64})$/
const timestampForm = /^\d{1,12}$/

/** HMAC-SHA-256 over the timestamp and the exact bytes, compared in constant time; the timestamp within its window. */
export const isSigned = (
  body: Buffer,
  signature: string | undefined,
  timestamp: string | undefined
): boolean => {
  const hex = signatureForm.exec(signature ?? "")?.[1]
  if (hex === undefined || timestamp === undefined || !timestampForm.test(timestamp)) return false
  const expected = createHmac("sha256", webhookSecret).update(`${timestamp}.`).update(body).digest()
  if (!timingSafeEqual(expected, Buffer.from(hex, "hex"))) return false
  return Math.abs(Date.now() / 1000 - Number(timestamp)) <= toleranceSeconds
}
