import type { InboxEvent } from "../domain/InboxEvent.js"
import type { Session } from "../domain/Session.js"
import type { IdempotencyRecord, Start } from "../domain/Start.js"
import type { Verdict } from "../domain/Verdict.js"

/** Rows as they stand in the database. The types are trusted, because only this program writes them. */
export interface SessionRow {
  readonly session_ref: string
  readonly user_id: string
  readonly environment: Session["environment"]
  readonly product: Session["product"]
  readonly model: Session["model"]
  readonly confirmable: number
  readonly fingerprint: string
  readonly reference: string | null
  readonly open: number
  readonly hosted_url: string | null
  readonly status: Verdict["status"]
  readonly reason: Verdict["reason"]
  readonly provider_status: string | null
  readonly sequence: number
  readonly created_at: number
  readonly updated_at: number
  readonly expires_at: number
  readonly decided_at: number | null
}

export const sessionFromRow = (row: SessionRow): Session => ({
  sessionRef: row.session_ref,
  userId: row.user_id,
  environment: row.environment,
  product: row.product,
  model: row.model,
  confirmable: row.confirmable === 1,
  fingerprint: row.fingerprint,
  reference: row.reference,
  open: row.open === 1,
  hostedUrl: row.hosted_url,
  verdict: { status: row.status, reason: row.reason } as Verdict,
  providerStatus: row.provider_status,
  sequence: Number(row.sequence),
  createdAt: Number(row.created_at),
  updatedAt: Number(row.updated_at),
  expiresAt: Number(row.expires_at),
  decidedAt: row.decided_at === null ? null : Number(row.decided_at)
})

export const sessionToRow = (session: Session): SessionRow => ({
  session_ref: session.sessionRef,
  user_id: session.userId,
  environment: session.environment,
  product: session.product,
  model: session.model,
  confirmable: Number(session.confirmable),
  fingerprint: session.fingerprint,
  reference: session.reference,
  open: Number(session.open),
  hosted_url: session.hostedUrl,
  status: session.verdict.status,
  reason: session.verdict.reason,
  provider_status: session.providerStatus,
  sequence: session.sequence,
  created_at: session.createdAt,
  updated_at: session.updatedAt,
  expires_at: session.expiresAt,
  decided_at: session.decidedAt
})

export interface StartRow {
  readonly session_ref: string
  readonly environment: Start["environment"]
  readonly user_id: string
  readonly fingerprint: string
  readonly state: Start["state"]
  readonly failure: Start["failure"]
  readonly retry_after_ms: number | null
  readonly created_at: number
  readonly lease_until: number
}

export const startFromRow = (row: StartRow): Start => ({
  sessionRef: row.session_ref,
  environment: row.environment,
  userId: row.user_id,
  fingerprint: row.fingerprint,
  state: row.state,
  failure: row.failure,
  retryAfterMillis: row.retry_after_ms === null ? null : Number(row.retry_after_ms),
  createdAt: Number(row.created_at),
  leaseUntil: Number(row.lease_until)
})

export const startToRow = (start: Start): StartRow => ({
  session_ref: start.sessionRef,
  environment: start.environment,
  user_id: start.userId,
  fingerprint: start.fingerprint,
  state: start.state,
  failure: start.failure,
  retry_after_ms: start.retryAfterMillis,
  created_at: start.createdAt,
  lease_until: start.leaseUntil
})

export interface IdempotencyRow {
  readonly environment: IdempotencyRecord["environment"]
  readonly user_id: string
  readonly key_hash: string
  readonly request_hash: string
  readonly session_ref: string
  readonly status: IdempotencyRecord["status"]
  readonly created_at: number
}

export const idempotencyFromRow = (row: IdempotencyRow): IdempotencyRecord => ({
  environment: row.environment,
  userId: row.user_id,
  keyHash: row.key_hash,
  requestHash: row.request_hash,
  sessionRef: row.session_ref,
  status: row.status,
  createdAt: Number(row.created_at)
})

export const idempotencyToRow = (record: IdempotencyRecord): IdempotencyRow => ({
  environment: record.environment,
  user_id: record.userId,
  key_hash: record.keyHash,
  request_hash: record.requestHash,
  session_ref: record.sessionRef,
  status: record.status,
  created_at: record.createdAt
})

export interface EventRow {
  readonly id: string
  readonly environment: InboxEvent["environment"]
  readonly dedupe_key: string
  readonly event_id: string | null
  readonly type: string | null
  readonly event_environment: string | null
  readonly product: string | null
  readonly outcome: InboxEvent["outcome"]
  readonly provider_status: string | null
  readonly provider_time: string | null
  readonly verification_hash: string | null
  readonly received_at: number
  readonly scheme: InboxEvent["scheme"]
  readonly secret_index: number
  readonly body: Uint8Array | null
  readonly state: InboxEvent["state"]
  readonly why: string | null
  readonly session_ref: string | null
  readonly copies: number
}

export const eventFromRow = (row: EventRow): InboxEvent => ({
  id: row.id,
  environment: row.environment,
  dedupeKey: row.dedupe_key,
  eventId: row.event_id,
  type: row.type,
  eventEnvironment: row.event_environment,
  product: row.product,
  outcome: row.outcome,
  providerStatus: row.provider_status,
  providerTime: row.provider_time as InboxEvent["providerTime"],
  verificationHash: row.verification_hash,
  receivedAt: Number(row.received_at),
  scheme: row.scheme,
  secretIndex: Number(row.secret_index),
  body: row.body,
  state: row.state,
  why: row.why,
  sessionRef: row.session_ref,
  copies: Number(row.copies)
})

export const eventToRow = (event: InboxEvent): EventRow => ({
  id: event.id,
  environment: event.environment,
  dedupe_key: event.dedupeKey,
  event_id: event.eventId,
  type: event.type,
  event_environment: event.eventEnvironment,
  product: event.product,
  outcome: event.outcome,
  provider_status: event.providerStatus,
  provider_time: event.providerTime,
  verification_hash: event.verificationHash,
  received_at: event.receivedAt,
  scheme: event.scheme,
  secret_index: event.secretIndex,
  body: event.body === null ? null : Buffer.from(event.body),
  state: event.state,
  why: event.why,
  session_ref: event.sessionRef,
  copies: event.copies
})
