import { randomBytes } from "node:crypto"
import { type Context, Effect } from "effect"
import type { AuditEntry } from "../../src/domain/Audit.js"
import { identifier } from "../../src/domain/Correlation.js"
import { outcomeTable } from "../../src/domain/Outcome.js"
import type { Product } from "../../src/domain/Product.js"
import type { Session } from "../../src/domain/Session.js"
import { awaiting } from "../../src/domain/Verdict.js"
import { readWebhookEvent } from "../../src/domain/WebhookEvent.js"
import {
  type ReservationRequest,
  SessionRepository,
  type TrackingRequest
} from "../../src/sessions/SessionRepository.js"
import type { VerdictPolicy } from "../../src/sessions/VerdictPolicy.js"
import { type Delivery, Inbox, type PollAnswer } from "../../src/webhooks/Inbox.js"

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
  causedBy: null,
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
  readonly sessionId?: string
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
        token: fields.token,
        session_id: fields.sessionId
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

/** A hosted session that is open, with its token. */
export const aHostedSession = Effect.gen(function* () {
  const repository = yield* SessionRepository
  const request = aReservation()
  const token = unique("tok-")
  yield* repository.reserve(request)
  yield* repository.open(aSession(request), [identifier("token", token)])
  return { sessionRef: request.sessionRef, token, userId: request.userId }
})

export const admit = (fields: EventFields, overrides: Partial<Delivery> = {}) =>
  Effect.flatMap(Inbox, (inbox) => inbox.admit(aDelivery(aBody(fields), overrides)))

export const aTracking = (
  given: { readonly userId?: string; readonly providerSessionId?: string; readonly product?: Product } = {}
): TrackingRequest => {
  const providerSessionId = given.providerSessionId ?? unique("msess_test_")
  const product = given.product ?? "verifyidentity"
  const request = aReservation(given.userId === undefined ? {} : { userId: given.userId })
  const session = aSession(request, { model: "mobile", product, hostedUrl: null })
  return {
    session,
    identifier: identifier(product === "verifyhuman" ? "verification_id" : "session_id", providerSessionId),
    poll: {
      sessionRef: session.sessionRef,
      environment: "test",
      product,
      providerSessionId,
      attempts: 0,
      nextAt: request.now + 2000
    },
    limits: request.limits
  }
}

export const anAnswer = (
  sessionRef: string,
  given: Pick<PollAnswer, "outcome" | "providerStatus"> & { readonly verificationId?: string }
): PollAnswer => ({
  id: unique("ev_"),
  receivedAt: 2_000_000,
  body: Buffer.from("{}"),
  verificationId: null,
  ...given,
  sessionRef
})

export const anAudit = (action: AuditEntry["action"]): AuditEntry => ({
  id: unique("au_"),
  at: 4_000_000,
  actor: "token 01234567",
  address: "127.0.0.1",
  action,
  target: null,
  details: {}
})
