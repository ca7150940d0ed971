import { Context, type Duration, Effect, Layer, type Scope, type Stream } from "effect"
import type { Cursor } from "../domain/Cursor.js"
import type { Session } from "../domain/Session.js"
import type { StorageUnavailable } from "../domain/StorageUnavailable.js"
import { Tracing } from "../telemetry/Tracing.js"
import type { Caller } from "./Caller.js"
import type { HostedPages } from "./HostedPages.js"
import type { SessionNotFound } from "./SessionErrors.js"
import type { SessionFeed } from "./SessionFeed.js"
import { SessionPolicy } from "./SessionPolicy.js"
import { SessionRepository } from "./SessionRepository.js"
import { makeStart, type StartError, type Started } from "./Starting.js"
import type { StartCommand } from "./StartPlan.js"
import { makeTrack, type TrackCommand, type TrackError, type Tracked } from "./Tracking.js"
import type { VerdictPolicy } from "./VerdictPolicy.js"
import { makeWatching } from "./Watching.js"

/** What a phone can ask for (contract section 3). */
export class Sessions extends Context.Tag("verifyhuman-dropin/Sessions")<
  Sessions,
  {
    readonly start: (
      caller: Caller,
      command: StartCommand,
      idempotencyKeyHash: string | null
    ) => Effect.Effect<Started, StartError>
    readonly track: (caller: Caller, command: TrackCommand) => Effect.Effect<Tracked, TrackError>
    readonly status: (
      caller: Caller,
      sessionRef: string
    ) => Effect.Effect<Session, SessionNotFound | StorageUnavailable>
    /** The same where it need not be waited for; null where only `status` can tell, or where that is always so. */
    readonly atHand: ((caller: Caller, sessionRef: string) => Session | null) | null
    /**
     * The session as soon as it is worth telling: its `sequence` differs from `known` or, without `known`, it is
     * decided or changes; at the latest after `wait`. Its place among those who wait is free when the scope closes.
     */
    readonly wait: (
      caller: Caller,
      sessionRef: string,
      known: number | null,
      wait: Duration.Duration
    ) => Effect.Effect<Session, SessionNotFound | StorageUnavailable, Scope.Scope>
    /** The session now and after each change, until it is decided or the caller's credential ends. */
    readonly watch: (
      caller: Caller,
      sessionRef: string
    ) => Stream.Stream<Session, SessionNotFound | StorageUnavailable>
    readonly list: (
      caller: Caller,
      before: Cursor | null,
      limit: number
    ) => Effect.Effect<ReadonlyArray<Session>, StorageUnavailable>
  }
>() {
  static readonly layer: Layer.Layer<
    Sessions,
    never,
    SessionRepository | SessionFeed | SessionPolicy | VerdictPolicy | HostedPages
  > = Layer.scoped(
    Sessions,
    Effect.gen(function* () {
      const repository = yield* SessionRepository
      const { environment } = yield* SessionPolicy
      const { span } = yield* Tracing
      const start = yield* makeStart

      return {
        start: (caller, command, keyHash) => span("Sessions.start")(start(caller, command, keyHash)),
        track: yield* makeTrack,
        ...(yield* makeWatching),
        list: ({ userId }, before, limit) => repository.list({ environment, userId }, before, limit)
      }
    })
  )
}
