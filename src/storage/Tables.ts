import { Context, type Effect } from "effect"
import type { ActionFilter } from "../actions/Outbox.js"
import type { Action, ActionAttempt, ActionState } from "../domain/Action.js"
import type { AuditEntry } from "../domain/Audit.js"
import type { IdentifierHash } from "../domain/Correlation.js"
import type { Cursor, Page, Slice } from "../domain/Cursor.js"
import type { ProviderEnvironment } from "../domain/Environment.js"
import type { EventState, InboxEvent } from "../domain/InboxEvent.js"
import type { Poll } from "../domain/Poll.js"
import type { Product } from "../domain/Product.js"
import type { Session } from "../domain/Session.js"
import type { IdempotencyRecord, Start } from "../domain/Start.js"
import type { StorageUnavailable } from "../domain/StorageUnavailable.js"
import type { VerdictChange } from "../domain/VerdictChange.js"
import type { SessionFilter } from "../operators/Records.js"
import type { EventFilter } from "../webhooks/Inbox.js"
import type { Lock } from "./Locks.js"

type Write = Effect.Effect<void, StorageUnavailable>
type Read<A> = Effect.Effect<A, StorageUnavailable>
type List<A> = Read<ReadonlyArray<A>>

export interface UserOf {
  readonly environment: ProviderEnvironment
  readonly userId: string
}

export interface Slot extends UserOf {
  readonly fingerprint: string
}

export interface SessionsTable {
  readonly insert: (session: Session) => Write
  readonly update: (session: Session) => Write
  readonly find: (sessionRef: string) => Read<Session | null>
  /** Finds it, and nobody else changes it before the transaction ends. */
  readonly hold: (sessionRef: string) => Read<Session | null>
  readonly findOpen: (slot: Slot) => Read<Session | null>
  /** Closes the open one: its page is gone, a late verdict for it still counts. */
  readonly close: (slot: Slot) => Write
  readonly list: (user: UserOf, before: Cursor | null, limit: number) => List<Session>
  /** By when they were started. */
  readonly search: (
    environment: ProviderEnvironment,
    filter: SessionFilter,
    page: Page
  ) => Read<Slice<Session>>
  /** Holds those whose time to expire has come, longest due first; passes over those that another transaction holds. */
  readonly due: (environment: ProviderEnvironment, now: number, limit: number) => List<Session>
  readonly delete: (sessionRef: string) => Write
  /** Expired, and no event ever counted for them: so many of the newest `among` that expired. */
  readonly countExpiredWithoutEvent: (environment: ProviderEnvironment, among: number) => Read<number>
}

export interface StartsTable {
  readonly insert: (start: Start) => Write
  readonly find: (sessionRef: string) => Read<Start | null>
  readonly findReserved: (slot: Slot) => Read<Start | null>
  /** Ends a reserved start; false when it was not reserved any more. */
  readonly end: (
    sessionRef: string,
    end: Pick<Start, "state" | "failure" | "retryAfterMillis">
  ) => Read<boolean>
  /** The user's starts since a time, oldest first. */
  readonly since: (user: UserOf, since: number) => List<Start>
  readonly deleteOfUser: (user: UserOf) => Write
  /** Forgets ended starts from before a time; how many. */
  readonly purge: (before: number, limit: number) => Read<number>
}

export interface IdempotencyTable {
  readonly find: (user: UserOf, keyHash: string) => Read<IdempotencyRecord | null>
  readonly put: (record: IdempotencyRecord) => Write
  /** Forgets the keys of a start that failed. */
  readonly release: (sessionRef: string) => Write
  readonly complete: (sessionRef: string, status: 200 | 201) => Write
  readonly deleteOfUser: (user: UserOf) => Write
  readonly purge: (before: number, limit: number) => Read<number>
}

export interface IdentifierRow {
  readonly environment: ProviderEnvironment
  readonly hash: IdentifierHash
  readonly sessionRef: string
  readonly source: "service" | "provider" | "event" | "phone"
}

export interface FoundIdentifier {
  readonly hash: IdentifierHash
  readonly sessionRef: string
  readonly source: IdentifierRow["source"]
  /** Claimed by a second session: it identifies neither. */
  readonly shared: boolean
}

export interface IdentifiersTable {
  readonly claim: (identifier: IdentifierRow) => Write
  readonly find: (
    environment: ProviderEnvironment,
    hashes: ReadonlyArray<IdentifierHash>
  ) => List<FoundIdentifier>
  /** Forgets what a session is known by: all that was given for it, and of the rest those that are named. */
  readonly deleteOf: (
    session: Pick<Session, "environment" | "sessionRef">,
    others: ReadonlyArray<IdentifierHash>
  ) => Write
}

export interface EventsTable {
  /** Counts one more copy of the event that is known by this key; null when there is none. */
  readonly countCopy: (environment: ProviderEnvironment, dedupeKey: string) => Read<InboxEvent | null>
  /** Stores a new event, or what is known of one and what became of it: its bytes and the number of its copies stay. */
  readonly put: (event: InboxEvent) => Write
  /** The same of a known event, its bytes included. */
  readonly replace: (event: InboxEvent) => Write
  readonly find: (id: string) => Read<InboxEvent | null>
  /** Finds it, and nobody else changes it before the transaction ends. */
  readonly hold: (id: string) => Read<InboxEvent | null>
  /** The events that count for a session: `applied` and `superseded`. */
  readonly counting: (sessionRef: string) => List<InboxEvent>
  readonly ofSession: (sessionRef: string) => List<InboxEvent>
  readonly list: (
    environment: ProviderEnvironment,
    filter: EventFilter,
    page: Page
  ) => Read<Slice<InboxEvent>>
  /** How many there are, `most` at most. */
  readonly count: (environment: ProviderEnvironment, state: EventState, most: number) => Read<number>
  /** Erases the bodies of events received before a time; how many. */
  readonly eraseBodies: (before: number, limit: number) => Read<number>

  /** The identifiers that an event carries, but for those that are its session's own: those stand in `identifiers`. */
  readonly insertCandidates: (event: InboxEvent, hashes: ReadonlyArray<IdentifierHash>) => Write
  readonly candidatesOf: (eventId: string) => List<IdentifierHash>
  readonly deleteCandidates: (eventId: string) => Write
  /** True when any event carries this identifier, whatever became of it, and no session has it. */
  readonly carries: (environment: ProviderEnvironment, hash: IdentifierHash) => Read<boolean>
  /** The unmatched events that carry one of these identifiers, oldest first. */
  readonly waiting: (
    environment: ProviderEnvironment,
    hashes: ReadonlyArray<IdentifierHash>
  ) => List<InboxEvent>
}

/** The verdicts that a session had before the one that stands, which is in its own row. */
export interface PastVerdictsTable {
  readonly insert: (change: VerdictChange) => Write
  readonly ofSession: (sessionRef: string) => List<VerdictChange>
  readonly deleteOf: (sessionRef: string) => Write
}

export interface ActionsTable {
  readonly insert: (action: Action) => Write
  readonly find: (id: string) => Read<Action | null>
  /** Takes what is due, the first of each session only; until `until` nobody else can. */
  readonly claim: (now: number, until: number, limit: number) => List<Action>
  /** Applies the end of an attempt, unless another worker has taken the action over since. */
  readonly settle: (
    action: Action,
    end: Pick<Action, "state" | "nextAttemptAt" | "finishedAt">
  ) => Read<boolean>
  /** Makes a dead action due again; null when it is not dead. */
  readonly redrive: (id: string, now: number) => Read<Action | null>
  readonly list: (environment: ProviderEnvironment, filter: ActionFilter, page: Page) => Read<Slice<Action>>
  /** How many there are, `most` at most. */
  readonly count: (environment: ProviderEnvironment, state: ActionState, most: number) => Read<number>
  /** When the oldest of those that are not finished was written; null when there is none. */
  readonly oldestPending: (environment: ProviderEnvironment) => Read<number | null>
  readonly ofSession: (sessionRef: string) => List<Action>
  readonly deleteOf: (sessionRef: string) => Write

  readonly insertAttempt: (attempt: ActionAttempt) => Write
  readonly attemptsOf: (sessionRef: string) => List<ActionAttempt>
  /** Forgets the attempts of finished actions from before a time; how many. */
  readonly purgeAttempts: (before: number, limit: number) => Read<number>
}

export interface PollsTable {
  readonly insert: (poll: Poll) => Write
  /** Takes what is due of these products; until `until` nobody else can. */
  readonly claim: (products: ReadonlyArray<Product>, now: number, until: number, limit: number) => List<Poll>
  /** Sets the next turn, unless another worker has taken the poll over since. */
  readonly reschedule: (poll: Poll, nextAt: number) => Write
  readonly delete: (sessionRef: string) => Write
}

export interface AuditTable {
  readonly insert: (entry: AuditEntry) => Write
  /** What operators did to these events and actions, oldest first. */
  readonly ofTargets: (targets: ReadonlyArray<string>) => List<AuditEntry>
  readonly list: (before: Cursor | null, limit: number) => List<AuditEntry>
}

export type Transaction = <A, E, R>(
  operation: string,
  body: Effect.Effect<A, E, R>
) => Effect.Effect<A, E | StorageUnavailable, R>

/** The locks that the body begins with are known before it runs; it may run more than once. */
export type Together = <A, E>(
  operation: string,
  locks: ReadonlyArray<Lock>,
  body: Effect.Effect<A, E>
) => Effect.Effect<A, E | StorageUnavailable>

/**
 * The statements that the repositories are made of, one database behind them. Everything inside `transaction`
 * is committed durably together, or not at all. Transactions of several nodes may run at once: what must not is
 * kept apart by `lock` (see `Locks`), then by `hold`, in this order.
 */
export class Tables extends Context.Tag("verifyhuman-dropin/Tables")<
  Tables,
  {
    readonly transaction: Transaction
    /** The same, sharing a commit with others that come meanwhile (see `groupCommit`). */
    readonly together: Together
    /** Until the transaction ends, whoever locks one of these waits. */
    readonly lock: (locks: ReadonlyArray<Lock>) => Write
    readonly ping: Read<void>
    readonly sessions: SessionsTable
    readonly starts: StartsTable
    readonly idempotency: IdempotencyTable
    readonly identifiers: IdentifiersTable
    readonly events: EventsTable
    readonly pastVerdicts: PastVerdictsTable
    readonly actions: ActionsTable
    readonly polls: PollsTable
    readonly audit: AuditTable
  }
>() {}
