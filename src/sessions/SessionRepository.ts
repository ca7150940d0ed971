import { Context, type Effect } from "effect"
import type { AuditEntry } from "../domain/Audit.js"
import type { Identifier } from "../domain/Correlation.js"
import type { Cursor } from "../domain/Cursor.js"
import type { ProviderEnvironment } from "../domain/Environment.js"
import type { Poll } from "../domain/Poll.js"
import type { Session } from "../domain/Session.js"
import type { Start, StartFailure } from "../domain/Start.js"
import type { StartLimits } from "../domain/StartLimits.js"
import type { StorageUnavailable } from "../domain/StorageUnavailable.js"
import type { VerdictChange } from "../domain/VerdictChange.js"

export interface ReservationRequest {
  readonly sessionRef: string
  readonly environment: ProviderEnvironment
  readonly userId: string
  readonly fingerprint: string
  readonly restart: boolean
  readonly idempotency: { readonly keyHash: string; readonly requestHash: string } | null
  readonly now: number
  readonly leaseUntil: number
  /** An open session must live at least until then to be handed out again. */
  readonly resumableUntil: number
  readonly limits: StartLimits
}

/** What a request to start meets. Only `Reserved` may call the provider. */
export type Reservation =
  | { readonly _tag: "Reserved"; readonly start: Start }
  | { readonly _tag: "Resumed"; readonly session: Session }
  | { readonly _tag: "Replayed"; readonly session: Session; readonly status: 200 | 201 }
  | { readonly _tag: "Busy"; readonly sessionRef: string }
  | { readonly _tag: "InReview"; readonly sessionRef: string }
  | { readonly _tag: "KeyReused" }
  | { readonly _tag: "Limited"; readonly retryAfterMillis: number }

/** What `open` found when it came to store a session. */
export type Opening =
  | { readonly _tag: "Opened"; readonly changed: ReadonlyArray<VerdictChange> }
  /** Another caller took the start over, because its lease had run out. */
  | { readonly _tag: "LeaseLost" }
  /** The provider handed out a token that belongs to another session. */
  | { readonly _tag: "TokenReused" }

export interface TrackingRequest {
  readonly session: Session
  readonly poll: Poll
  /** What the provider calls the session: a `verification_id` or a `session_id`. */
  readonly identifier: Identifier
  readonly limits: StartLimits
}

export type Tracking =
  | { readonly _tag: "Tracked" }
  /** By the same user, before. */
  | { readonly _tag: "Known"; readonly session: Session }
  | { readonly _tag: "Taken" }
  | { readonly _tag: "Limited"; readonly retryAfterMillis: number }

export interface Expiry {
  readonly due: number
  readonly changed: ReadonlyArray<VerdictChange>
}

/** Where sessions live (contract section 3). Whatever it acknowledges is durable. */
export class SessionRepository extends Context.Tag("verifyhuman-dropin/SessionRepository")<
  SessionRepository,
  {
    /** Reserves the one start of its kind, or says what stands in its way. */
    readonly reserve: (request: ReservationRequest) => Effect.Effect<Reservation, StorageUnavailable>
    /** Stores the session, closes the one it replaces, and matches events that came before it. */
    readonly open: (
      session: Session,
      identifiers: ReadonlyArray<Identifier>
    ) => Effect.Effect<Opening, StorageUnavailable>
    /** Stores a session that the app's SDK has made, with its first turn in the poller's timetable. */
    readonly track: (request: TrackingRequest) => Effect.Effect<Tracking, StorageUnavailable>
    /** Lets up to `limit` sessions expire whose time has come; how many, and what that changed. */
    readonly expire: (now: number, limit: number) => Effect.Effect<Expiry, StorageUnavailable>
    /** Forgets a user: all that is known of their sessions is deleted, events keep no trace of them; which sessions. */
    readonly erase: (
      userId: string,
      audit: (sessions: number) => AuditEntry
    ) => Effect.Effect<ReadonlyArray<string>, StorageUnavailable>
    /** Ends a reservation whose provider call failed; equal starts that wait for it fail alike. */
    readonly release: (
      sessionRef: string,
      failure: { readonly failure: StartFailure | null; readonly retryAfterMillis: number | null }
    ) => Effect.Effect<void, StorageUnavailable>
    readonly findStart: (sessionRef: string) => Effect.Effect<Start | null, StorageUnavailable>
    readonly find: (sessionRef: string) => Effect.Effect<Session | null, StorageUnavailable>
    readonly list: (
      user: { readonly environment: ProviderEnvironment; readonly userId: string },
      before: Cursor | null,
      limit: number
    ) => Effect.Effect<ReadonlyArray<Session>, StorageUnavailable>
    /** Fails when the database does not answer. */
    readonly ping: Effect.Effect<void, StorageUnavailable>
  }
>() {}
