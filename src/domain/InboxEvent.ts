import type { ProviderEnvironment } from "./Environment.js"
import type { Outcome } from "./Outcome.js"
import type { ProviderTime } from "./ProviderTime.js"
import type { SignatureScheme } from "./Signature.js"

/** `applied` made the session's verdict; `superseded` counts too, but a stronger event made it (contract section 9). */
export type EventState = "applied" | "superseded" | "unmatched" | "ignored" | "unreadable"

/** An event as the inbox keeps it. Provider fields are null where the body could not be read. */
export interface InboxEvent {
  readonly id: string
  readonly environment: ProviderEnvironment
  readonly dedupeKey: string
  readonly eventId: string | null
  readonly type: string | null
  readonly eventEnvironment: string | null
  readonly product: string | null
  readonly outcome: Outcome | null
  readonly providerStatus: string | null
  readonly providerTime: ProviderTime | null
  readonly verificationHash: string | null
  readonly receivedAt: number
  readonly scheme: SignatureScheme
  readonly secretIndex: number
  readonly body: Uint8Array | null
  readonly state: EventState
  readonly why: string | null
  readonly sessionRef: string | null
  /** How often this event was delivered. */
  readonly copies: number
}
