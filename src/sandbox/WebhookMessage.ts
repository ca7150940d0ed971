import { createHmac, randomUUID } from "node:crypto"
import { otherProduct } from "./MobileStatus.js"
import { type HostedSandboxSession, randomId } from "./SandboxSessions.js"

/** An event as the provider sends it: the same bytes and id on every retry. */
export interface WebhookMessage {
  readonly eventId: string
  readonly environment: "test" | "live"
  readonly body: string
}

/** The envelope's time has microseconds, the flat body's whole seconds, as documented. */
const microseconds = (millis: number) => new Date(millis).toISOString().replace("Z", "000Z")
const wholeSeconds = (millis: number) => new Date(millis).toISOString().replace(/\.\d+Z$/, "Z")

/** The event that a session got this status at that time, as true as the session's behaviour wants it. */
export const webhookMessage = (session: HostedSandboxSession, status: string, at: number): WebhookMessage => {
  const { quirks } = session.behaviour
  const eventId = randomUUID()
  const environment = quirks.has("wrong-environment") ? "live" : "test"
  const isOther = quirks.has("wrong-session")
  const reference = quirks.has("no-reference") ? {} : { token: isOther ? randomId("") : session.token }
  const details = {
    verification_id: isOther ? randomId("ver_") : session.verificationId,
    status,
    product: quirks.has("wrong-product") ? otherProduct(session.product) : session.product
  }
  const type = "verification.completed"
  const body = quirks.has("flat")
    ? { event: type, ...details, environment, timestamp: wholeSeconds(at), ...reference }
    : {
        id: eventId,
        type,
        created: microseconds(at),
        environment,
        data: { ...details, confidence: 92.5, ...reference }
      }
  return { eventId, environment, body: JSON.stringify(body) }
}

/** The headers of one delivery: signed anew, with a delivery id of its own. */
export const webhookHeaders = (
  message: WebhookMessage,
  secret: string,
  { behaviour: { quirks } }: HostedSandboxSession,
  nowSeconds: number
): Readonly<Record<string, string>> => {
  const timestamp = String(nowSeconds)
  const signed = quirks.has("timestamp") ? `${timestamp}.${message.body}` : message.body
  const key = quirks.has("wrong-secret") ? `${secret}-but-wrong` : secret
  return {
    "content-type": "application/json",
    "user-agent": "VerifyHuman-Sandbox/1",
    "x-verifyhuman-signature": `sha256=${createHmac("sha256", key).update(signed).digest("hex")}`,
    "x-verifyhuman-timestamp": timestamp,
    "x-verifyhuman-event": "verification.completed",
    "x-verifyhuman-event-id": message.eventId,
    "x-verifyhuman-delivery-id": randomUUID(),
    "x-verifyhuman-environment": message.environment
  }
}
