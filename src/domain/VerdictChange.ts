import type { Session } from "./Session.js"
import type { Verdict } from "./Verdict.js"

/** One change of a session's verdict, and the event that caused it; null for expiry. */
export interface VerdictChange {
  readonly sessionRef: string
  readonly sequence: number
  readonly verdict: Verdict
  readonly eventId: string | null
  readonly at: number
}

/** The change that brought a session to the verdict which stands; null where it has not changed yet. */
export const lastChange = (session: Session): VerdictChange | null =>
  session.sequence === 0
    ? null
    : {
        sessionRef: session.sessionRef,
        sequence: session.sequence,
        verdict: session.verdict,
        eventId: session.causedBy,
        at: session.updatedAt
      }
