import { Context, type Effect } from "effect"
import type { Action, ActionAttempt, ActionState } from "../domain/Action.js"
import type { AuditEntry } from "../domain/Audit.js"
import type { Cursor } from "../domain/Cursor.js"
import type { StorageUnavailable } from "../domain/StorageUnavailable.js"
import type { ActionNotDead, ActionNotFound } from "./OutboxErrors.js"

export interface ActionPage {
  readonly state: ActionState | null
  readonly before: Cursor | null
  readonly limit: number
}

/** What verdicts have set in motion, written in their transactions (contract section 7). */
export class Outbox extends Context.Tag("verifyhuman-dropin/Outbox")<
  Outbox,
  {
    /** Takes actions that are due, the first of each session; nobody else gets them before `until`. */
    readonly claim: (
      now: number,
      until: number,
      limit: number
    ) => Effect.Effect<ReadonlyArray<Action>, StorageUnavailable>
    /** Keeps what came of an attempt; without effect on an action that was taken over meanwhile. */
    readonly record: (
      action: Action,
      attempt: ActionAttempt,
      end: Pick<Action, "state" | "nextAttemptAt" | "finishedAt">
    ) => Effect.Effect<void, StorageUnavailable>
    readonly list: (page: ActionPage) => Effect.Effect<ReadonlyArray<Action>, StorageUnavailable>
    /** Makes a dead action due again. */
    readonly redrive: (
      id: string,
      audit: AuditEntry
    ) => Effect.Effect<Action, ActionNotFound | ActionNotDead | StorageUnavailable>
  }
>() {}
