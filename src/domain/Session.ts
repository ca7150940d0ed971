import type { ProviderEnvironment } from "./Environment.js"
import { expiryDueAt } from "./Expiry.js"
import type { InboxEvent } from "./InboxEvent.js"
import type { Product } from "./Product.js"
import type { Standing, Verdict } from "./Verdict.js"

/** How the user reaches the provider: a page made for this session, a shared Flow URL, or the app's own SDK. */
export type SessionModel = "hosted" | "flow" | "mobile"

/** One verification of one user. Times are milliseconds since the epoch, UTC. */
export interface Session extends Standing {
  readonly sessionRef: string
  readonly userId: string
  readonly environment: ProviderEnvironment
  readonly product: Product
  readonly model: SessionModel
  /** False when nothing in the provider's webhook can lead back to this session (contract section 3). */
  readonly confirmable: boolean
  /** Equal starts of one user have equal fingerprints. */
  readonly fingerprint: string
  readonly reference: string | null
  /** The current session of its kind, undecided by any event; there is one for each user and fingerprint. */
  readonly open: boolean
  readonly hostedUrl: string | null
  readonly verdict: Verdict
  readonly providerStatus: string | null
  /** Counts the changes of the verdict. */
  readonly sequence: number
  /** The event that caused the verdict which stands; null before the first change, and for expiry. */
  readonly causedBy: string | null
  readonly createdAt: number
  readonly updatedAt: number
  readonly expiresAt: number
  /** When the sweep will let it expire; null when nothing is to expire. */
  readonly expiryDueAt: number | null
  /** When it last expired without a verdict. */
  readonly expiredAt: number | null
  readonly decidedAt: number | null
}

const sessionRefForm = /^vs_[A-Za-z0-9_-]{32}$/

export const isSessionRef = (text: string): boolean => sessionRefForm.test(text)

/**
 * Applies a changed verdict, and the event that caused it: an event's decision closes the session, expiry only takes
 * its page away. One that can never be confirmed never expires, not even from a review that an operator gave it.
 */
export const withVerdict = (
  session: Session,
  verdict: Verdict,
  cause: Pick<InboxEvent, "id" | "providerStatus"> | null,
  at: number,
  reviewMillis: number
): Session => {
  const decided = verdict.status !== "pending"
  return {
    ...session,
    verdict,
    providerStatus: cause?.providerStatus ?? null,
    sequence: session.sequence + 1,
    causedBy: cause?.id ?? null,
    updatedAt: at,
    decidedAt: decided ? at : null,
    expiryDueAt: session.confirmable ? expiryDueAt(verdict, session.expiresAt, at, reviewMillis) : null,
    open: session.open && (!decided || verdict.reason === "expired"),
    hostedUrl: decided ? null : session.hostedUrl
  }
}
