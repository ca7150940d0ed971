import { Context, type Effect } from "effect"
import type { Identifier, IdentifierHash } from "../domain/Correlation.js"
import type { ProviderEnvironment } from "../domain/Environment.js"
import type { InboxEvent } from "../domain/InboxEvent.js"
import type { Session } from "../domain/Session.js"
import type { IdempotencyRecord, Start } from "../domain/Start.js"
import type { StorageUnavailable } from "../domain/StorageUnavailable.js"
import type { Verdict } from "../domain/Verdict.js"

export interface Slot {
  readonly environment: ProviderEnvironment
  readonly userId: string
  readonly fingerprint: string
}

export interface UserOf {
  readonly environment: ProviderEnvironment
  readonly userId: string
}

export interface IdentifierRow {
  readonly environment: ProviderEnvironment
  readonly hash: IdentifierHash
  readonly sessionRef: string
  readonly kind: Identifier["kind"]
  readonly source: "service" | "provider" | "event"
}

export interface FoundIdentifier {
  readonly sessionRef: string
  /** Claimed by a second session: it identifies neither. */
  readonly shared: boolean
}

export interface VerdictRow {
  readonly sessionRef: string
  readonly sequence: number
  readonly verdict: Verdict
  readonly eventId: string | null
  readonly at: number
}

export type InsertedEvent =
  | { readonly _tag: "New"; readonly event: InboxEvent }
  | { readonly _tag: "Duplicate"; readonly event: InboxEvent }

type Write = Effect.Effect<void, StorageUnavailable>
type Read<A> = Effect.Effect<A, StorageUnavailable>

/**
 * The statements that the repositories are made of, one database behind them. Everything inside `transaction`
 * is committed durably together, or not at all.
 */
export class Tables extends Context.Tag("verifyhuman-dropin/Tables")<
  Tables,
  {
    readonly transaction: <A, E, R>(
      operation: string,
      body: Effect.Effect<A, E, R>
    ) => Effect.Effect<A, E | StorageUnavailable, R>
    readonly ping: Read<void>

    readonly insertSession: (session: Session) => Write
    readonly updateSession: (session: Session) => Write
    readonly findSession: (sessionRef: string) => Read<Session | null>
    readonly findOpenSession: (slot: Slot) => Read<Session | null>
    readonly listSessions: (
      user: UserOf,
      before: { readonly createdAt: number; readonly sessionRef: string } | null,
      limit: number
    ) => Read<ReadonlyArray<Session>>

    readonly insertStart: (start: Start) => Write
    readonly findStart: (sessionRef: string) => Read<Start | null>
    readonly findReservedStart: (slot: Slot) => Read<Start | null>
    /** Ends a reserved start; false when it was not reserved any more. */
    readonly endStart: (
      sessionRef: string,
      end: Pick<Start, "state" | "failure" | "retryAfterMillis">
    ) => Read<boolean>
    /** The user's starts since a time, oldest first. */
    readonly startsSince: (user: UserOf, since: number) => Read<ReadonlyArray<Start>>

    readonly findIdempotency: (user: UserOf, keyHash: string) => Read<IdempotencyRecord | null>
    readonly putIdempotency: (record: IdempotencyRecord) => Write
    readonly deleteIdempotency: (sessionRef: string) => Write
    readonly completeIdempotency: (sessionRef: string, status: 200 | 201) => Write

    readonly claimIdentifier: (identifier: IdentifierRow) => Read<FoundIdentifier>
    readonly findIdentifiers: (
      environment: ProviderEnvironment,
      hashes: ReadonlyArray<IdentifierHash>
    ) => Read<ReadonlyArray<FoundIdentifier>>

    /** Inserts the event or, when its dedupe key is known, counts one more copy of the event that is there. */
    readonly insertEvent: (event: InboxEvent) => Read<InsertedEvent>
    readonly updateEvent: (event: InboxEvent) => Write
    readonly findEvent: (id: string) => Read<InboxEvent | null>
    /** The events that count for a session: `applied` and `superseded`. */
    readonly countingEvents: (sessionRef: string) => Read<ReadonlyArray<InboxEvent>>

    readonly insertCandidates: (event: InboxEvent, hashes: ReadonlyArray<IdentifierHash>) => Write
    readonly deleteCandidates: (eventId: string) => Write
    readonly candidatesOf: (eventId: string) => Read<ReadonlyArray<IdentifierHash>>
    /** The unmatched events that carry one of these identifiers. */
    readonly waitingEvents: (
      environment: ProviderEnvironment,
      hashes: ReadonlyArray<IdentifierHash>
    ) => Read<ReadonlyArray<InboxEvent>>

    readonly insertVerdict: (verdict: VerdictRow) => Write
  }
>() {}
