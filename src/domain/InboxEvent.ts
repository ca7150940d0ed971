import type { ProviderEnvironment } from "./Environment.js"
import type { Outcome } from "./Outcome.js"
import type { ProviderTime } from "./ProviderTime.js"
import type { SignatureScheme } from "./Signature.js"

/** `applied` made the session's verdict; `superseded` counts too, but a stronger event made it (contract section 9). */
export type EventState = "applied" | "superseded" | "unmatched" | "ignored" | "unreadable"

/** How an event came: delivered and signed, or asked for by the status poller. */
export type EventSource = "webhook" | "poll"

/** An event as the inbox keeps it. Provider fields are null where the body could not be read. */
export interface InboxEvent {
  readonly id: string
  readonly source: EventSource
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
  /** Which signature matched; null for an answer to the poller. */
  readonly scheme: SignatureScheme | null
  readonly secretIndex: number | null
  readonly body: Uint8Array | null
  readonly state: EventState
  readonly why: string | null
  readonly sessionRef: string | null
  /** When it began to count for its session; null while it does not. */
  readonly countedAt: number | null
  /** How often this event was delivered. */
  readonly copies: number
}
