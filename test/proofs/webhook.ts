import type { Outcome } from "../../src/domain/Outcome.js"
import type { ModelEvent } from "./Model.js"
import type { WebhookStep } from "./steps.js"

/** A webhook as the provider sends it, as often as it must. */
export interface Sent {
  readonly step: WebhookStep
  readonly body: Uint8Array
  readonly sessionRef: string | null
}

export const outcomes: Readonly<Record<string, Outcome>> = {
  PASS: "pass",
  FAIL: "declined",
  PENDING: "review",
  error: "provider_error",
  throttled: "provider_error"
}

/** The generated times in UTC. */
const inUtc = (created: string | null): string | null =>
  created === null ? null : created.replace("T12:", "T10:").replace(/Z|\+02:00$/, "")

export const sent = (step: WebhookStep, sessionRef: string | null): Sent => {
  const json = JSON.stringify({
    id: step.id ?? undefined,
    type: step.type,
    created: step.created,
    environment: step.environment,
    data: {
      status: step.status,
      product: step.product,
      token: step.token,
      session_id: step.reference,
      session_ref: sessionRef,
      verification_id: step.verificationId
    }
  })
  return { step, sessionRef, body: Buffer.from(step.readable ? json : json.slice(0, -1)) }
}

/** What makes two deliveries the same event. */
export const keyOf = ({ body, step }: Sent): string => {
  if (!step.readable) return `unreadable ${body}`
  return step.id === null ? `body ${body}` : `id ${step.environment} ${step.id}`
}

export const asEvent = (webhook: Sent, id: string, receivedAt: number): ModelEvent => {
  const { sessionRef, step } = webhook
  const candidates = [step.token, step.reference, sessionRef, step.verificationId]
  return {
    id,
    source: "webhook",
    key: keyOf(webhook),
    receivedAt,
    readable: step.readable,
    stale: step.stale,
    type: step.type,
    environment: step.environment,
    product: step.product,
    verificationId: step.readable ? step.verificationId : null,
    candidates: step.readable ? candidates.filter((candidate) => candidate !== null) : [],
    outcome: step.readable ? (outcomes[step.status] ?? null) : null,
    providerTime: inUtc(step.created),
    state: "unmatched",
    session: null,
    countedAt: null
  }
}
