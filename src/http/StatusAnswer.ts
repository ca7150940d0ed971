import { iso } from "../domain/Iso.js"
import { once } from "../domain/Once.js"
import type { Session } from "../domain/Session.js"

/** What a phone is told about a session (contract section 3). */
export interface StatusBody {
  readonly session_ref: string
  readonly status: "pending" | "pass" | "fail"
  readonly reason:
    | "awaiting_result"
    | "in_review"
    | "unconfirmable"
    | "declined"
    | "provider_error"
    | "expired"
    | null
  readonly can_retry: boolean
  readonly expires_at: string
  readonly updated_at: string
}

export const statusBody = (session: Session): StatusBody => ({
  session_ref: session.sessionRef,
  status: session.verdict.status,
  reason: session.verdict.reason,
  can_retry: session.verdict.status === "fail",
  expires_at: iso(session.expiresAt),
  updated_at: iso(session.updatedAt)
})

/** As JSON, put together once: many polls are answered by a session as it is. */
export const statusText = once(new WeakMap<Session, string>(), (session) =>
  JSON.stringify(statusBody(session))
)

export const listedBody = (session: Session) => ({
  ...statusBody(session),
  product: session.product,
  created_at: iso(session.createdAt)
})

/** A strong entity tag (RFC 9110): the answer changes exactly when the session's sequence does. */
export const entityTag = (session: Session): string => `"${session.sequence}"`

const briskMillis = 2 * 60 * 1000

/** Seconds after which a phone should ask again, while the session is pending. */
export const pollAgainAfter = (session: Session, now: number): number | null => {
  if (session.verdict.status !== "pending") return null
  if (session.verdict.reason === "in_review") return 15
  return now - session.createdAt < briskMillis ? 1 : 2
}

/** There is no page to open, and a session that was tracked before may be decided. */
export const trackedBody = (session: Session) => ({
  session_ref: session.sessionRef,
  status: session.verdict.status,
  expires_at: iso(session.expiresAt)
})

export const startedBody = (started: {
  readonly sessionRef: string
  readonly hostedUrl: string | null
  readonly expiresAt: number
}) => ({
  session_ref: started.sessionRef,
  hosted_verification_url: started.hostedUrl,
  status: "pending" as const,
  expires_at: iso(started.expiresAt)
})
