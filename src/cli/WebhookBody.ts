import { completed } from "../domain/WebhookEvent.js"

/** An event of the provider, as one wants it. */
export interface WebhookFields {
  readonly shape: "flat" | "nested"
  readonly type: string
  readonly id: string | null
  readonly time: string
  readonly environment: "test" | "live"
  readonly status: string | null
  readonly product: string | null
  readonly verificationId: string | null
  readonly tokenRef: string | null
  readonly sessionRef: string | null
}

const present = (fields: Readonly<Record<string, string | null>>) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))

/** What is said of a verification; of anything else only what was asked for. */
const withDefaults = (fields: WebhookFields, verificationId: string): WebhookFields =>
  fields.type === completed
    ? {
        ...fields,
        status: fields.status ?? "PASS",
        product: fields.product ?? "verifyidentity",
        verificationId: fields.verificationId ?? verificationId
      }
    : fields

/** The body as the provider writes it, in either of its documented shapes. */
export const webhookBody = (given: WebhookFields, madeUp: { eventId: string; verificationId: string }) => {
  const fields = withDefaults(given, madeUp.verificationId)
  const details = present({
    verification_id: fields.verificationId,
    status: fields.status,
    product: fields.product,
    token: fields.tokenRef,
    session_ref: fields.sessionRef
  })
  const { environment, id, time, type } = fields
  return JSON.stringify(
    fields.shape === "flat"
      ? { ...present({ id }), event: type, ...details, environment, timestamp: time }
      : { id: id ?? madeUp.eventId, type, created: time, environment, data: details }
  )
}
