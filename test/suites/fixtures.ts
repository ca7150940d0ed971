import { randomBytes } from "node:crypto"
import type { Context } from "effect"
import { outcomeTable } from "../../src/domain/Outcome.js"
import type { Session } from "../../src/domain/Session.js"
import { awaiting } from "../../src/domain/Verdict.js"
import { readWebhookEvent } from "../../src/domain/WebhookEvent.js"
import type { ReservationRequest } from "../../src/sessions/SessionRepository.js"
import type { VerdictPolicy } from "../../src/sessions/VerdictPolicy.js"
import type { Delivery } from "../../src/webhooks/Inbox.js"

export const reviewMillis = 14 * 24 * 3_600_000

export const verdictPolicy: Context.Tag.Service<VerdictPolicy> = {
  environment: "test",
  reviewMillis,
  actions: true
}

export const unique = (prefix: string) => `${prefix}${randomBytes(24).toString("base64url")}`
export const aRef = () => unique("vs_")

export const aReservation = (overrides: Partial<ReservationRequest> = {}): ReservationRequest => ({
  sessionRef: aRef(),
  environment: "test",
  userId: unique("user-"),
  fingerprint: unique("f-"),
  restart: false,
  idempotency: null,
  now: 1_000_000,
  leaseUntil: 1_010_000,
  resumableUntil: 1_120_000,
  limits: { windowMillis: 3_600_000, opened: 5, failed: 50 },
  ...overrides
})

export const aSession = (request: ReservationRequest, overrides: Partial<Session> = {}): Session => ({
  sessionRef: request.sessionRef,
  userId: request.userId,
  environment: request.environment,
  product: "verifyidentity",
  model: "hosted",
  confirmable: true,
  fingerprint: request.fingerprint,
  reference: null,
  open: true,
  hostedUrl: "https://app.verifyhuman.io/hosted/v/x",
  verdict: awaiting,
  providerStatus: null,
  sequence: 0,
  createdAt: request.now,
  updatedAt: request.now,
  expiresAt: request.now + 3_600_000,
  expiryDueAt: request.now + 3_900_000,
  expiredAt: null,
  decidedAt: null,
  ...overrides
})

export interface EventFields {
  readonly id?: string
  readonly type?: string
  readonly created?: string
  readonly environment?: string
  readonly product?: string
  readonly status?: string
  readonly token?: string
  readonly verificationId?: string
}

export const aBody = (fields: EventFields): Uint8Array =>
  Buffer.from(
    JSON.stringify({
      id: fields.id ?? unique("evt-"),
      type: fields.type ?? "verification.completed",
      created: fields.created ?? "2026-05-17T10:30:00.000000Z",
      environment: fields.environment ?? "test",
      data: {
        verification_id: fields.verificationId ?? unique("ver_"),
        status: fields.status ?? "PASS",
        product: fields.product ?? "verifyidentity",
        token: fields.token
      }
    })
  )

export const aDelivery = (body: Uint8Array, overrides: Partial<Delivery> = {}): Delivery => ({
  id: unique("ev_"),
  receivedAt: 2_000_000,
  scheme: "body",
  secretIndex: 0,
  stale: false,
  body,
  event: readWebhookEvent(body, outcomeTable()),
  ...overrides
})
