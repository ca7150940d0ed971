import { Context, type Effect } from "effect"
import type { AuditEntry } from "../domain/Audit.js"
import type { Page, Period, Slice } from "../domain/Cursor.js"
import type { EventState, InboxEvent } from "../domain/InboxEvent.js"
import type { Outcome } from "../domain/Outcome.js"
import type { SignatureScheme } from "../domain/Signature.js"
import type { StorageUnavailable } from "../domain/StorageUnavailable.js"
import type { VerdictChange } from "../domain/VerdictChange.js"
import type { WebhookEvent } from "../domain/WebhookEvent.js"
import type { SessionNotFound } from "../sessions/SessionErrors.js"
import type { EventNotFound, EventNotLinkable } from "./InboxErrors.js"

/** A delivery whose signature is good. `event` is null when its body cannot be read. */
export interface Delivery {
  readonly id: string
  readonly receivedAt: number
  readonly scheme: SignatureScheme
  readonly secretIndex: number
  readonly stale: boolean
  readonly body: Uint8Array
  readonly event: WebhookEvent | null
}

/** What the provider answered when it was asked for a tracked session. */
export interface PollAnswer {
  readonly id: string
  readonly sessionRef: string
  readonly receivedAt: number
  readonly outcome: Outcome
  readonly providerStatus: string
  readonly verificationId: string | null
  readonly body: Uint8Array
}

export interface Admission {
  readonly event: InboxEvent
  readonly duplicate: boolean
  readonly changed: ReadonlyArray<VerdictChange>
}

/** Which events: all that have what is named. The period is that of their receipt. */
export interface EventFilter extends Period {
  readonly state?: EventState | undefined
  /** As the event says. */
  readonly product?: string | undefined
  readonly eventEnvironment?: string | undefined
}

/** The events of verified webhooks and of the poller, each kept once (contract sections 4, 8 and 9). */
export class Inbox extends Context.Tag("verifyhuman-dropin/Inbox")<
  Inbox,
  {
    /** Commits the event and the verdict that follows from it in one transaction. */
    readonly admit: (delivery: Delivery) => Effect.Effect<Admission, StorageUnavailable>
    /** The same for an answer to the poller; it counts for the session that was asked for, and for no other. */
    readonly admitAnswer: (
      answer: PollAnswer
    ) => Effect.Effect<Admission, StorageUnavailable | SessionNotFound>
    readonly list: (filter: EventFilter, page: Page) => Effect.Effect<Slice<InboxEvent>, StorageUnavailable>
    readonly find: (id: string) => Effect.Effect<InboxEvent, EventNotFound | StorageUnavailable>
    /** Gives an unmatched event to a session, under the rules of environment, product and `verification_id`. */
    readonly link: (
      id: string,
      sessionRef: string,
      audit: AuditEntry
    ) => Effect.Effect<Admission, EventNotFound | EventNotLinkable | SessionNotFound | StorageUnavailable>
    /** Takes an event in once more, as it would be read today: also one that came too late. */
    readonly replay: (
      id: string,
      read: (body: Uint8Array) => WebhookEvent | null,
      audit: AuditEntry
    ) => Effect.Effect<Admission, EventNotFound | StorageUnavailable>
  }
>() {}
