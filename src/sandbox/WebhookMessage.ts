import { createHmac, randomUUID } from "node:crypto"
import type { Behaviour } from "./Behaviour.js"
import type { HostedSandboxSession } from "./SandboxSessions.js"

/** An event as the provider sends it: the same bytes and id on every retry. */
export interface WebhookMessage {
  readonly eventId: string
  readonly environment: "test" | "live"
  readonly body: string
}

const wireStatus: Readonly<Record<string, string>> = { pass: "PASS", fail: "FAIL", refuse: "FAIL" }

/** What the hosted page's buttons, or a raw wire value, are called on the wire. */
export const statusOf = (outcome: string): string => wireStatus[outcome] ?? outcome

const micros = (millis: number, offset: number) =>
  new Date(millis).toISOString().replace("Z", `${String(offset).padStart(3, "0")}Z`)

/** The event of a session's outcome; `offset` is in microseconds and orders events of one millisecond. */
export const webhookMessage = (
  session: HostedSandboxSession,
  status: string,
  behaviour: Behaviour,
  now: number,
  offset: number
): WebhookMessage => {
  const eventId = randomUUID()
  const environment = behaviour.wrongEnvironment ? "live" : "test"
  const reference = behaviour.noReference ? {} : { token: session.token }
  const details = { verification_id: session.verificationId, status, product: session.product }
  const body = behaviour.flat
    ? {
        event: "verification.completed",
        id: eventId,
        ...details,
        environment,
        timestamp: micros(now, offset),
        ...reference
      }
    : {
        id: eventId,
        type: "verification.completed",
        created: micros(now, offset),
        environment,
        data: { ...details, confidence: 92.5, ...reference }
      }
  return { eventId, environment, body: JSON.stringify(body) }
}

/** The headers of one delivery: signed anew, with a delivery id of its own. */
export const webhookHeaders = (
  message: WebhookMessage,
  secret: string,
  behaviour: Behaviour,
  nowSeconds: number
): Readonly<Record<string, string>> => {
  const timestamp = String(nowSeconds)
  const signed = behaviour.timestamp ? `${timestamp}.${message.body}` : message.body
  const key = behaviour.wrongSecret ? `${secret}-but-wrong` : secret
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
