import type { Outcome } from "./Outcome.js"
import { isDeciding } from "./Outcome.js"
import type { ProviderTime } from "./ProviderTime.js"

/** What a phone is told (contract section 3): `reason` is null exactly on a pass. */
export type Verdict =
  | { readonly status: "pending"; readonly reason: "awaiting_result" | "in_review" | "unconfirmable" }
  | { readonly status: "pass"; readonly reason: null }
  | { readonly status: "fail"; readonly reason: "declined" | "provider_error" | "expired" }

/** The part of a counting event on which a verdict depends. `key` is unique and breaks every tie. */
export interface Evidence {
  readonly key: string
  readonly outcome: Outcome
  readonly providerTime: ProviderTime | null
  /** When it began to count for its session, in milliseconds since the epoch. */
  readonly countedAt: number
}

/** What holds of a session without events: where it began, and when it last expired. */
export interface Standing {
  readonly confirmable: boolean
  readonly expiredAt: number | null
}

export const awaiting: Verdict = { status: "pending", reason: "awaiting_result" }
export const unconfirmable: Verdict = { status: "pending", reason: "unconfirmable" }
export const expired: Verdict = { status: "fail", reason: "expired" }
const inReview: Verdict = { status: "pending", reason: "in_review" }

const verdicts: Readonly<Record<Outcome, Verdict>> = {
  pass: { status: "pass", reason: null },
  declined: { status: "fail", reason: "declined" },
  provider_error: { status: "fail", reason: "provider_error" },
  review: inReview
}

const severity: Readonly<Record<Outcome, number>> = { review: 0, pass: 1, provider_error: 2, declined: 3 }

const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** A total order: deciding over review, then provider time (undated lowest), then fail over pass, then the key. */
const compare = (a: Evidence, b: Evidence): number =>
  Number(isDeciding(a.outcome)) - Number(isDeciding(b.outcome)) ||
  compareText(a.providerTime ?? "", b.providerTime ?? "") ||
  severity[a.outcome] - severity[b.outcome] ||
  compareText(a.key, b.key)

export interface Ruling<E extends Evidence> {
  readonly verdict: Verdict
  readonly decidedBy: E | null
}

const standingVerdict = ({ confirmable, expiredAt }: Standing): Verdict =>
  expiredAt !== null ? expired : confirmable ? awaiting : unconfirmable

/** Expiry outweighs the reviews before it; one that comes later reopens the session. */
const outlives = (event: Evidence, { expiredAt }: Standing): boolean =>
  expiredAt === null || isDeciding(event.outcome) || event.countedAt > expiredAt

/**
 * The verdict of a session: a function of the set of its counting events, whatever their order or number of
 * copies, and of its expiry (contract sections 3 and 5).
 */
export const rule = <E extends Evidence>(events: Iterable<E>, standing: Standing): Ruling<E> => {
  let strongest: E | null = null
  for (const event of events) {
    if (!outlives(event, standing)) continue
    if (strongest === null || compare(event, strongest) > 0) strongest = event
  }
  return strongest === null
    ? { verdict: standingVerdict(standing), decidedBy: null }
    : { verdict: verdicts[strongest.outcome], decidedBy: strongest }
}

export const sameVerdict = (a: Verdict, b: Verdict): boolean => a.status === b.status && a.reason === b.reason
