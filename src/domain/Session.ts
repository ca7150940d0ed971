import type { ProviderEnvironment } from "./Environment.js"
import type { Product } from "./Product.js"
import { awaiting, unconfirmable, type Verdict } from "./Verdict.js"

/** How the user reaches the provider: a page made for this session, or a shared Flow URL. */
export type SessionModel = "hosted" | "flow"

/** One verification of one user. Times are milliseconds since the epoch, UTC. */
export interface Session {
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
  /** Open sessions can be resumed; a decided or restarted one is closed, and its URL forgotten. */
  readonly open: boolean
  readonly hostedUrl: string | null
  readonly verdict: Verdict
  readonly providerStatus: string | null
  /** Counts the changes of the verdict. */
  readonly sequence: number
  readonly createdAt: number
  readonly updatedAt: number
  readonly expiresAt: number
  readonly decidedAt: number | null
}

const sessionRefForm = /^vs_[A-Za-z0-9_-]{32}$/

export const isSessionRef = (text: string): boolean => sessionRefForm.test(text)

export const initialVerdict = (session: Pick<Session, "confirmable">): Verdict =>
  session.confirmable ? awaiting : unconfirmable

/** Closed by its successor. Nothing that a phone can see changes, and a late verdict still counts. */
export const closed = (session: Session): Session => ({ ...session, open: false, hostedUrl: null })

/** Applies a changed verdict: a decided session is closed, one that is in review stays open. */
export const withVerdict = (
  session: Session,
  verdict: Verdict,
  providerStatus: string | null,
  at: number
): Session => {
  const decided = verdict.status !== "pending"
  return {
    ...session,
    verdict,
    providerStatus,
    sequence: session.sequence + 1,
    updatedAt: at,
    decidedAt: decided ? at : null,
    open: session.open && !decided,
    hostedUrl: decided ? null : session.hostedUrl
  }
}
