import { createHash, randomBytes } from "node:crypto"
import { environment } from "../Terms.js"
import type { Session, Statements } from "./Statements.js"

export interface Webhook {
  readonly id: string | null
  readonly dedupeKey: string
  readonly type: string
  readonly environment: string | null
  readonly product: string | null
  readonly outcome: "pass" | "fail"
  readonly time: string
  readonly verificationId: string | null
  readonly tokenHash: string | null
  readonly body: Buffer
}

type Fields = Readonly<Record<string, unknown>>

const text = (value: unknown): string | null => (typeof value === "string" ? value : null)
export const sha256 = (value: string | Buffer): string => createHash("sha256").update(value).digest("hex")
export const newId = (prefix: string): string => `${prefix}_${randomBytes(24).toString("base64url")}`

export const readWebhook = (body: Buffer): Webhook | null => {
  let fields: Fields
  try {
    const parsed: unknown = JSON.parse(body.toString("utf8"))
    if (typeof parsed !== "object" || parsed === null) return null
    fields = parsed as Fields
  } catch {
    return null
  }
  const details = (
    typeof fields["data"] === "object" && fields["data"] !== null ? fields["data"] : fields
  ) as Fields
  const id = text(fields["id"])
  const token = text(details["token"])
  return {
    id,
    dedupeKey: id === null ? sha256(body) : sha256(id),
    type: text(fields["type"]) ?? "",
    environment: text(fields["environment"]),
    product: text(details["product"]),
    outcome: text(details["status"])?.toLowerCase() === "pass" ? "pass" : "fail",
    time: text(fields["created"]) ?? "",
    verificationId: text(details["verification_id"]),
    tokenHash: token === null ? null : sha256(token),
    body
  }
}

const actionOf = (session: Session, webhook: Webhook, now: number) =>
  JSON.stringify({
    type: webhook.outcome === "pass" ? "verification.passed" : "verification.failed",
    timestamp: new Date(now).toISOString(),
    data: {
      session_ref: session.session_ref,
      user_id: session.user_id,
      reference: null,
      product: session.product,
      environment,
      status: webhook.outcome,
      reason: webhook.outcome === "pass" ? null : "declined",
      previous_status: session.status,
      verification_id: webhook.verificationId,
      sequence: session.sequence + 1
    }
  })

/** Keeps the event and the verdict that follows from it; inside a transaction. Returns the session that changed. */
export const applyWebhook = (statements: Statements, webhook: Webhook): string | null => {
  const now = Date.now()
  const session = webhook.tokenHash === null ? undefined : statements.findByToken.get(webhook.tokenHash)
  const counts =
    session !== undefined &&
    webhook.type === "verification.completed" &&
    webhook.environment === environment &&
    webhook.product === session.product
  const decides = counts && (session.provider_time ?? "") < webhook.time
  const { changes } = statements.insertEvent.run({
    id: newId("ev"),
    dedupe_key: webhook.dedupeKey,
    event_id: webhook.id,
    type: webhook.type,
    session_ref: session?.session_ref ?? null,
    state: decides ? "applied" : counts ? "superseded" : session === undefined ? "unmatched" : "ignored",
    body: webhook.body,
    received_at: now
  })
  if (changes === 0 || !decides) return null
  const reason = webhook.outcome === "pass" ? null : "declined"
  statements.decide.run(webhook.outcome, reason, webhook.time, now, session.session_ref)
  if (session.status === webhook.outcome) return session.session_ref
  const action = actionOf(session, webhook, now)
  statements.insertAction.run(newId("msg"), session.session_ref, session.sequence + 1, action, now)
  return session.session_ref
}
