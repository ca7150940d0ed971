import { Context, type Effect } from "effect"
import type { Action, ActionAttempt } from "../domain/Action.js"
import type { AuditEntry } from "../domain/Audit.js"
import type { Cursor, Page, Period, Slice } from "../domain/Cursor.js"
import type { ProviderEnvironment } from "../domain/Environment.js"
import type { InboxEvent } from "../domain/InboxEvent.js"
import { isMadeWithin } from "../domain/OwnId.js"
import type { Product } from "../domain/Product.js"
import type { Session } from "../domain/Session.js"
import type { Start } from "../domain/Start.js"
import type { StorageUnavailable } from "../domain/StorageUnavailable.js"
import type { Verdict } from "../domain/Verdict.js"
import type { VerdictChange } from "../domain/VerdictChange.js"
import type { SessionNotFound } from "../sessions/SessionErrors.js"

/** All that is known of one session, each part oldest first. */
export interface SessionRecord {
  readonly session: Session
  /** Forgotten after a while. */
  readonly start: Start | null
  readonly events: ReadonlyArray<InboxEvent>
  readonly verdicts: ReadonlyArray<VerdictChange>
  readonly actions: ReadonlyArray<Action>
  readonly attempts: ReadonlyArray<ActionAttempt>
  /** What operators did to its events and actions. */
  readonly audit: ReadonlyArray<AuditEntry>
}

/** Which sessions: all that have what is named. The period is that of their starts. */
export interface SessionFilter extends Period {
  readonly status?: Verdict["status"] | undefined
  readonly reason?: string | undefined
  readonly product?: Product | undefined
  readonly userId?: string | undefined
}

/** Whether a session is one of those. */
export const isAmong = (
  { product, reason, status, userId, ...period }: SessionFilter,
  session: Session
): boolean =>
  (status === undefined || session.verdict.status === status) &&
  (reason === undefined || session.verdict.reason === reason) &&
  (product === undefined || session.product === product) &&
  (userId === undefined || session.userId === userId) &&
  isMadeWithin(period, session.sessionRef)

export interface SessionSearch extends SessionFilter {
  readonly environment?: ProviderEnvironment | undefined
  readonly verificationId?: string | undefined
}

/** The most that is counted of anything. */
export const countedAtMost = 10_000

/** Figures that tell an operator whether the provider sends what this service can match. */
export interface Figures {
  readonly unmatchedEvents: number
  /** Of the last 1,000 sessions that expired. */
  readonly expiredWithoutEvent: number
  readonly pendingActions: number
  readonly deadActions: number
  /** When the oldest pending action was written. */
  readonly oldestPendingAction: number | null
}

/** What operators read (contract section 9). */
export class Records extends Context.Tag("verifyhuman-dropin/Records")<
  Records,
  {
    readonly sessions: (
      search: SessionSearch,
      page: Page
    ) => Effect.Effect<Slice<Session>, StorageUnavailable>
    readonly session: (
      sessionRef: string
    ) => Effect.Effect<SessionRecord, SessionNotFound | StorageUnavailable>
    readonly figures: Effect.Effect<Figures, StorageUnavailable>
    /** Newest first. */
    readonly audit: (
      before: Cursor | null,
      limit: number
    ) => Effect.Effect<ReadonlyArray<AuditEntry>, StorageUnavailable>
  }
>() {}
