import type { InboxEvent } from "./InboxEvent.js"
import type { Session } from "./Session.js"
import { completed, ping } from "./WebhookEvent.js"

/** The sessions that an event's candidates identify, and whether an identifier claimed by several was among them. */
export interface Matches {
  readonly sessions: ReadonlyArray<Session>
  readonly shared: boolean
}

/** What becomes of an event: it counts for a session, or is kept with the reason why it does not. */
export type Attribution =
  | { readonly _tag: "Counts"; readonly session: Session }
  | {
      readonly _tag: "Kept"
      readonly state: "ignored" | "unmatched"
      readonly why: "ping" | "unknown_type" | "wrong_environment" | "wrong_product" | "ambiguous" | "no_match"
      readonly sessionRef: string | null
    }

/**
 * Decides whether an event counts, and for whom (contract sections 4 to 6). Exact identifiers only: candidates
 * that lead to two sessions, or to none, match nothing; its environment and product must be the session's.
 */
export const attribute = (
  event: Pick<InboxEvent, "type" | "environment" | "eventEnvironment" | "product">,
  matches: Matches
): Attribution => {
  const only = matches.sessions.length === 1 ? matches.sessions[0] : undefined
  const sessionRef = only?.sessionRef ?? null
  if (event.type === ping) return { _tag: "Kept", state: "ignored", why: "ping", sessionRef: null }
  if (event.type !== completed) return { _tag: "Kept", state: "ignored", why: "unknown_type", sessionRef }
  if (event.eventEnvironment !== event.environment) {
    return { _tag: "Kept", state: "ignored", why: "wrong_environment", sessionRef }
  }
  if (only === undefined) {
    const ambiguous = matches.sessions.length > 1 || matches.shared
    return { _tag: "Kept", state: "unmatched", why: ambiguous ? "ambiguous" : "no_match", sessionRef: null }
  }
  return event.product === only.product
    ? { _tag: "Counts", session: only }
    : { _tag: "Kept", state: "ignored", why: "wrong_product", sessionRef }
}
