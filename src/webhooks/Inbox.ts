import { Context, type Effect } from "effect"
import type { InboxEvent } from "../domain/InboxEvent.js"
import type { SignatureScheme } from "../domain/Signature.js"
import type { StorageUnavailable } from "../domain/StorageUnavailable.js"
import type { WebhookEvent } from "../domain/WebhookEvent.js"

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

export interface Admission {
  readonly event: InboxEvent
  readonly duplicate: boolean
  /** The sessions whose verdict changed. */
  readonly changed: ReadonlyArray<string>
}

/** The verified events, each kept once (contract section 4). */
export class Inbox extends Context.Tag("verifyhuman-dropin/Inbox")<
  Inbox,
  {
    /** Commits the event and the verdict that follows from it in one transaction. */
    readonly admit: (delivery: Delivery) => Effect.Effect<Admission, StorageUnavailable>
  }
>() {}
