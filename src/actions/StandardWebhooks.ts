import { createHmac } from "node:crypto"

const keyOf = (secret: string): Buffer => Buffer.from(secret.replace(/^whsec_/, ""), "base64")

const signature = (secret: string, content: string): string =>
  `v1,${createHmac("sha256", keyOf(secret)).update(content).digest("base64")}`

/** The headers of Standard Webhooks 1.0; while secrets rotate, each of them signs. */
export const standardWebhookHeaders = (
  id: string,
  seconds: number,
  payload: string,
  secrets: ReadonlyArray<string>
): Readonly<Record<string, string>> => ({
  "webhook-id": id,
  "webhook-timestamp": String(seconds),
  "webhook-signature": secrets.map((secret) => signature(secret, `${id}.${seconds}.${payload}`)).join(" ")
})
