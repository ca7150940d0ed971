import { Context, type Effect } from "effect"
import type { Action, ActionAttempt } from "../domain/Action.js"
import type { AuditEntry } from "../domain/Audit.js"
import type { Cursor } from "../domain/Cursor.js"
import type { InboxEvent } from "../domain/InboxEvent.js"
import type { Session } from "../domain/Session.js"
import type { StorageUnavailable } from "../domain/StorageUnavailable.js"
import type { VerdictChange } from "../domain/VerdictChange.js"
import type { SessionNotFound } from "../sessions/SessionErrors.js"

/** All that is known of one session, each part oldest first. */
export interface SessionRecord {
  readonly session: Session
  readonly events: ReadonlyArray<InboxEvent>
  readonly verdicts: ReadonlyArray<VerdictChange>
  readonly actions: ReadonlyArray<Action>
  readonly attempts: ReadonlyArray<ActionAttempt>
}

/** Figures that tell an operator whether the provider sends what this service can match. */
export interface Figures {
  readonly unmatchedEvents: number
  readonly expiredWithoutEvent: number
  readonly pendingActions: number
  readonly deadActions: number
}

/** What operators read (contract section 9). */
export class Records extends Context.Tag("verifyhuman-dropin/Records")<
  Records,
  {
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
