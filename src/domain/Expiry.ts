import type { Verdict } from "./Verdict.js"

/** A verdict that is on its way when a session's page expires still counts, for this long. */
export const graceMillis = 5 * 60 * 1000

/**
 * When a session without a verdict becomes `expired` (contract section 3): some minutes after its page, a review not
 * before `reviewMillis` have passed since it began at `since`; null for one that is decided or can never be confirmed.
 */
export const expiryDueAt = (
  verdict: Verdict,
  expiresAt: number,
  since: number,
  reviewMillis: number
): number | null => {
  switch (verdict.reason) {
    case "awaiting_result":
      return expiresAt + graceMillis
    case "in_review":
      return Math.max(expiresAt + graceMillis, since + reviewMillis)
    default:
      return null
  }
}
