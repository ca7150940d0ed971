import { Context, type Effect } from "effect"
import type { Action, ActionAttempt, ActionState } from "../domain/Action.js"
import type { AuditEntry } from "../domain/Audit.js"
import type { Page, Period, Slice } from "../domain/Cursor.js"
import type { StorageUnavailable } from "../domain/StorageUnavailable.js"
import type { ActionNotDead, ActionNotFound } from "./OutboxErrors.js"

/** Which actions: all that have what is named. The period is that of their verdicts. */
export interface ActionFilter extends Period {
  readonly state?: ActionState | undefined
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
    readonly list: (filter: ActionFilter, page: Page) => Effect.Effect<Slice<Action>, StorageUnavailable>
    /** Makes a dead action due again. */
    readonly redrive: (
      id: string,
      audit: AuditEntry
    ) => Effect.Effect<Action, ActionNotFound | ActionNotDead | StorageUnavailable>
  }
>() {}
