import { Clock, Duration, Effect, Stream } from "effect"
import { isSessionRef, type Session } from "../domain/Session.js"
import { makeAlarms } from "../time/Alarms.js"
import { sleepUntil } from "../time/SleepUntil.js"
import type { Caller } from "./Caller.js"
import { SessionNotFound } from "./SessionErrors.js"
import { SessionFeed } from "./SessionFeed.js"
import { SessionPolicy } from "./SessionPolicy.js"
import { SessionRepository } from "./SessionRepository.js"
import { SessionsAtHand } from "./SessionsAtHand.js"

/** `GET /api/verify-status`: now, as soon as it is worth telling, and each time that it is. Nothing is written. */
export const makeWatching = Effect.gen(function* () {
  const repository = yield* SessionRepository
  const { find } = yield* SessionsAtHand
  const feed = yield* SessionFeed
  const policy = yield* SessionPolicy
  const alarms = yield* makeAlarms

  const ownedBy = (caller: Caller, session: Session | null) =>
    session?.userId === caller.userId && session.environment === policy.environment ? session : null

  const atHand =
    find === null
      ? null
      : (caller: Caller, sessionRef: string) =>
          isSessionRef(sessionRef) ? ownedBy(caller, find(sessionRef)) : null

  const status = Effect.fnUntraced(function* (caller: Caller, sessionRef: string) {
    const session = isSessionRef(sessionRef) ? yield* repository.find(sessionRef) : null
    return ownedBy(caller, session) ?? (yield* new SessionNotFound())
  })

  const wait = (caller: Caller, sessionRef: string, known: number | null, duration: Duration.Duration) =>
    Effect.gen(function* () {
      const subscription = yield* feed.subscribe(sessionRef)
      const until = (yield* Clock.currentTimeMillis) + Duration.toMillis(duration)
      if (Duration.isFinite(duration)) {
        yield* Effect.acquireRelease(
          Effect.sync(() => alarms.set(until, subscription.wake)),
          Effect.sync
        )
      }
      let session = yield* status(caller, sessionRef)
      const told = known ?? (session.verdict.status === "pending" ? session.sequence : null)
      while (session.sequence === told && !(yield* feed.closed)) {
        if ((yield* Clock.currentTimeMillis) >= until) break
        yield* subscription.news
        session = yield* status(caller, sessionRef)
      }
      return session
    })

  const untilExpiry =
    ({ expiresAt }: Caller) =>
    <A, E>(stream: Stream.Stream<A, E>) =>
      expiresAt === null ? stream : Stream.interruptWhen(stream, sleepUntil(expiresAt))

  const watch = (caller: Caller, sessionRef: string) =>
    Stream.unfoldEffect({ told: null as number | null, over: false }, ({ over, told }) =>
      Effect.gen(function* () {
        if (over || (yield* feed.closed)) return yield* Effect.fail(null)
        const session = yield* told === null
          ? status(caller, sessionRef)
          : Effect.scoped(wait(caller, sessionRef, told, Duration.infinity))
        if (session.sequence === told) return yield* Effect.fail(null)
        const next = { told: session.sequence, over: session.verdict.status !== "pending" }
        return [session, next] as const
      }).pipe(
        Effect.asSome,
        Effect.catchIf(
          (error) => error === null,
          () => Effect.succeedNone
        )
      )
    ).pipe(untilExpiry(caller))

  return { atHand, status, wait, watch }
})
