import type { Outcome } from "../../src/domain/Outcome.js"

/** What a phone is told, in one word: the reason, or `pass`. */
export type Word =
  | "awaiting_result"
  | "in_review"
  | "unconfirmable"
  | "pass"
  | "declined"
  | "provider_error"
  | "expired"

export interface Told {
  readonly outcome: Outcome | null
  readonly providerTime: string | null
  readonly countedAt: number | null
}

/** The contract's words (sections 3 and 5), one after the other. */
export const expectedVerdict = (
  events: ReadonlyArray<Told>,
  confirmable: boolean,
  expiredAt: number | null
): Word => {
  const deciding = events.filter(({ outcome }) => outcome !== "review" && outcome !== null)
  if (deciding.length === 0) {
    const reviewed = events.some(({ countedAt }) => expiredAt === null || (countedAt ?? 0) > expiredAt)
    if (reviewed) return "in_review"
    return expiredAt !== null ? "expired" : confirmable ? "awaiting_result" : "unconfirmable"
  }
  const latest = deciding
    .map(({ providerTime }) => providerTime ?? "")
    .sort()
    .at(-1)
  const last = deciding
    .filter(({ providerTime }) => (providerTime ?? "") === latest)
    .map(({ outcome }) => outcome)
  return last.includes("declined") ? "declined" : last.includes("provider_error") ? "provider_error" : "pass"
}
