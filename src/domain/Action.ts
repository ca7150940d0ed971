import type { ProviderEnvironment } from "./Environment.js"
import { iso } from "./Iso.js"
import type { Session } from "./Session.js"
import type { Verdict } from "./Verdict.js"

/** What a changed verdict is called at the receiver (contract section 7). */
export type ActionType =
  | "verification.passed"
  | "verification.failed"
  | "verification.expired"
  | "verification.in_review"

/** `dead`: given up until an operator redrives it. */
export type ActionState = "pending" | "delivered" | "dead"

/** One thing that a verdict set in motion. Times are milliseconds since the epoch, UTC. */
export interface Action {
  /** The same on every attempt: what the receiver recognises a second copy by. */
  readonly id: string
  readonly sessionRef: string
  readonly environment: ProviderEnvironment
  /** Of the verdict; the receiver gets a session's actions in this order. */
  readonly sequence: number
  readonly type: ActionType
  /** The exact JSON that is signed and sent. */
  readonly payload: string
  readonly state: ActionState
  /** How often it was handed to a worker, ever. */
  readonly attempts: number
  /** How often since it was written or redriven: its place in the schedule. */
  readonly tries: number
  readonly createdAt: number
  /** When it is due; while a worker has it, when it is taken away from that worker. */
  readonly nextAttemptAt: number
  readonly finishedAt: number | null
}

/** What a receiver is told (contract section 7); over HTTP, `id` is the header `webhook-id`. */
export interface ActionMessage {
  readonly id: string
  readonly type: ActionType
  /** When the verdict changed, RFC 3339. */
  readonly timestamp: string
  readonly data: {
    readonly session_ref: string
    readonly user_id: string
    /** The team's own, from the start of the session. */
    readonly reference: string | null
    readonly product: Session["product"]
    readonly environment: ProviderEnvironment
    readonly status: Verdict["status"]
    readonly reason: Verdict["reason"]
    readonly previous_status: Verdict["status"]
    readonly verification_id: string | null
    readonly sequence: number
  }
}

/** One attempt, as an operator sees it. */
export interface ActionAttempt {
  readonly actionId: string
  readonly attempt: number
  readonly at: number
  readonly result: "delivered" | "failed" | "gone"
  /** The receiver's status; null when none came. */
  readonly status: number | null
  /** The first 2 KB of the answer, or why there was none. */
  readonly answer: string
}

const typeOf = (verdict: Verdict): ActionType | null => {
  if (verdict.status === "pass") return "verification.passed"
  if (verdict.reason === "expired") return "verification.expired"
  if (verdict.status === "fail") return "verification.failed"
  return verdict.reason === "in_review" ? "verification.in_review" : null
}

/** What a session's changed verdict sets in motion; null when there is nothing to tell. */
export const actionOf = (
  id: string,
  session: Session,
  previous: Verdict,
  verificationId: string | null
): Action | null => {
  const type = typeOf(session.verdict)
  if (type === null) return null
  const payload: Omit<ActionMessage, "id"> = {
    type,
    timestamp: iso(session.updatedAt),
    data: {
      session_ref: session.sessionRef,
      user_id: session.userId,
      reference: session.reference,
      product: session.product,
      environment: session.environment,
      status: session.verdict.status,
      reason: session.verdict.reason,
      previous_status: previous.status,
      verification_id: verificationId,
      sequence: session.sequence
    }
  }
  return {
    id,
    sessionRef: session.sessionRef,
    environment: session.environment,
    sequence: session.sequence,
    type,
    payload: JSON.stringify(payload),
    state: "pending",
    attempts: 0,
    tries: 0,
    createdAt: session.updatedAt,
    nextAttemptAt: session.updatedAt,
    finishedAt: null
  }
}
