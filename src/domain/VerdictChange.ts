import type { Verdict } from "./Verdict.js"

/** One change of a session's verdict, and the event that caused it; null for expiry. */
export interface VerdictChange {
  readonly sessionRef: string
  readonly sequence: number
  readonly verdict: Verdict
  readonly eventId: string | null
  readonly at: number
}
