import { createHmac, timingSafeEqual } from "node:crypto"

const toleranceSeconds = 300

const isEqual = (a: Buffer, b: Buffer) => a.length === b.length && timingSafeEqual(a, b)

/** Whether a Standard Webhooks 1.0 message is genuine and fresh, as a receiver has to look at it. */
export const isGenuine = (
  headers: Readonly<Record<string, string | undefined>>,
  body: Uint8Array,
  secret: string,
  nowSeconds: number
): boolean => {
  const { "webhook-id": id = "", "webhook-signature": given = "", "webhook-timestamp": at = "" } = headers
  if (!/^\d{1,12}$/.test(at) || Math.abs(Number(at) - nowSeconds) > toleranceSeconds) return false
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64")
  const expected = createHmac("sha256", key).update(`${id}.${at}.`).update(body).digest()
  return given
    .split(" ")
    .some((entry) => entry.startsWith("v1,") && isEqual(Buffer.from(entry.slice(3), "base64"), expected))
}
