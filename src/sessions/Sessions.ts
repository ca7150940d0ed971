import { Clock, Context, Duration, Effect, Layer, Stream } from "effect"
import type { Session } from "../domain/Session.js"
import { initialVerdict, isSessionRef } from "../domain/Session.js"
import type { StorageUnavailable } from "../domain/StorageUnavailable.js"
import type { Caller } from "./Caller.js"
import { Entropy } from "./Entropy.js"
import { type HostedPage, HostedPages } from "./HostedPages.js"
import {
  IdempotencyKeyReused,
  type InvalidRequest,
  RateLimited,
  SessionInReview,
  SessionNotFound,
  StartFailed
} from "./SessionErrors.js"
import { SessionFeed } from "./SessionFeed.js"
import { SessionPolicy } from "./SessionPolicy.js"
import { type ListCursor, SessionRepository } from "./SessionRepository.js"
import { fingerprintOf, planStart, requestHashOf, type StartCommand, type StartPlan } from "./StartPlan.js"

/** The answer to a start: 201 for a new session, 200 for one handed out again. */
export interface Started {
  readonly status: 200 | 201
  readonly sessionRef: string
  readonly hostedUrl: string | null
  readonly expiresAt: number
}

export type StartError =
  | InvalidRequest
  | IdempotencyKeyReused
  | SessionInReview
  | RateLimited
  | StartFailed
  | StorageUnavailable

const hourMillis = 60 * 60 * 1000
/** An open session with less than this to live is not handed out again. */
const leastLifeMillis = 2 * 60 * 1000
/** What a start needs beside the provider call: storing the session. */
const storingMillis = 2000
/** Failed starts have a limit of their own, this many times as high. */
const failedStartsFactor = 10
/** How often a caller that waits for another's start looks for itself, should the news not reach it. */
const lookAgain = Duration.millis(250)

/** What a phone can ask for (contract section 3). */
export class Sessions extends Context.Tag("verifyhuman-dropin/Sessions")<
  Sessions,
  {
    readonly start: (
      caller: Caller,
      command: StartCommand,
      idempotencyKeyHash: string | null
    ) => Effect.Effect<Started, StartError>
    readonly status: (
      caller: Caller,
      sessionRef: string
    ) => Effect.Effect<Session, SessionNotFound | StorageUnavailable>
    /**
     * The session as soon as it is worth telling: its `sequence` differs from `known` or, without `known`, it is
     * decided or changes; at the latest after `wait`.
     */
    readonly wait: (
      caller: Caller,
      sessionRef: string,
      known: number | null,
      wait: Duration.Duration
    ) => Effect.Effect<Session, SessionNotFound | StorageUnavailable>
    /** The session now and after each change, until it is decided or the caller's credential ends. */
    readonly watch: (
      caller: Caller,
      sessionRef: string
    ) => Stream.Stream<Session, SessionNotFound | StorageUnavailable>
    readonly list: (
      caller: Caller,
      before: ListCursor | null,
      limit: number
    ) => Effect.Effect<ReadonlyArray<Session>, StorageUnavailable>
  }
>() {
  static readonly layer: Layer.Layer<
    Sessions,
    never,
    SessionRepository | SessionFeed | SessionPolicy | HostedPages
  > = Layer.effect(
    Sessions,
    Effect.gen(function* () {
      const repository = yield* SessionRepository
      const feed = yield* SessionFeed
      const policy = yield* SessionPolicy
      const pages = yield* HostedPages
      const entropy = yield* Entropy
      const leaseMillis = policy.providerDeadlineMillis + storingMillis

      const fail = Effect.fnUntraced(function* (sessionRef: string, error: StartFailed) {
        yield* repository.release(sessionRef, error)
        yield* feed.publish(sessionRef)
        return yield* error
      })

      const opened = (
        caller: Caller,
        plan: StartPlan,
        sessionRef: string,
        page: HostedPage,
        now: number
      ): Session => ({
        sessionRef,
        userId: caller.userId,
        environment: policy.environment,
        product: plan.product,
        model: plan.model,
        confirmable: page.confirmable,
        fingerprint: fingerprintOf(plan),
        reference: plan.reference,
        open: true,
        hostedUrl: page.url,
        verdict: initialVerdict(page),
        providerStatus: null,
        sequence: 0,
        createdAt: now,
        updatedAt: now,
        expiresAt: page.expiresAt ?? now + plan.expiresInHours * hourMillis,
        decidedAt: null
      })

      /** Calls the provider and stores what it gave; null when another caller has taken the start over. */
      const create = Effect.fnUntraced(function* (caller: Caller, plan: StartPlan, sessionRef: string) {
        const page = yield* pages
          .make(plan, sessionRef)
          .pipe(Effect.catchAll((error) => fail(sessionRef, error)))
        const session = opened(caller, plan, sessionRef, page, yield* Clock.currentTimeMillis)
        const opening = yield* repository.open(session, page.identifiers)
        if (opening._tag === "TokenReused") {
          yield* Effect.logError("VerifyHuman handed out a token that belongs to another session")
          return yield* fail(
            sessionRef,
            new StartFailed({ failure: "provider_rejected", retryAfterMillis: null })
          )
        }
        yield* feed.publish(sessionRef)
        return opening._tag === "Opened" ? started(session, 201) : null
      })

      const started = (session: Session, status: 200 | 201): Started => ({
        status,
        sessionRef: session.sessionRef,
        hostedUrl: session.hostedUrl,
        expiresAt: session.expiresAt
      })

      /** Waits for another caller's equal start, and shares its failure. */
      const awaitStart = (sessionRef: string) =>
        Effect.gen(function* () {
          const subscription = yield* feed.subscribe(sessionRef)
          while (true) {
            const start = yield* repository.findStart(sessionRef)
            if (start?.failure) return yield* new StartFailed({ ...start, failure: start.failure })
            if (start?.state !== "reserved" || start.leaseUntil <= (yield* Clock.currentTimeMillis)) return
            yield* Effect.timeoutOption(subscription.news, lookAgain)
          }
        }).pipe(Effect.scoped)

      const start = Effect.fn("Sessions.start")(function* (
        caller: Caller,
        command: StartCommand,
        idempotencyKeyHash: string | null
      ) {
        const plan = yield* planStart(policy, command)
        const idempotency =
          idempotencyKeyHash === null
            ? null
            : { keyHash: idempotencyKeyHash, requestHash: requestHashOf(command) }
        const givesUpAt = (yield* Clock.currentTimeMillis) + leaseMillis
        let restart = command.restart
        while (true) {
          const now = yield* Clock.currentTimeMillis
          if (now > givesUpAt) {
            return yield* new StartFailed({ failure: "provider_timeout", retryAfterMillis: null })
          }
          const reservation = yield* repository.reserve({
            sessionRef: `vs_${yield* entropy.token}`,
            environment: policy.environment,
            userId: caller.userId,
            fingerprint: fingerprintOf(plan),
            restart,
            idempotency,
            now,
            leaseUntil: now + leaseMillis,
            resumableUntil: now + leastLifeMillis,
            limits: {
              windowMillis: policy.startLimit.windowMillis,
              opened: policy.startLimit.count,
              failed: policy.startLimit.count * failedStartsFactor
            }
          })
          switch (reservation._tag) {
            case "Reserved": {
              const result = yield* create(caller, plan, reservation.start.sessionRef)
              if (result !== null) return result
              break
            }
            case "Busy":
              yield* awaitStart(reservation.sessionRef)
              break
            case "Resumed":
              return started(reservation.session, 200)
            case "Replayed":
              return started(reservation.session, reservation.status)
            case "InReview":
              return yield* new SessionInReview({ sessionRef: reservation.sessionRef })
            case "KeyReused":
              return yield* new IdempotencyKeyReused()
            case "Limited":
              return yield* new RateLimited({ retryAfterMillis: reservation.retryAfterMillis })
          }
          restart = false
        }
      })

      const status = Effect.fnUntraced(function* (caller: Caller, sessionRef: string) {
        const session = isSessionRef(sessionRef) ? yield* repository.find(sessionRef) : null
        if (session?.userId !== caller.userId || session.environment !== policy.environment) {
          return yield* new SessionNotFound()
        }
        return session
      })

      const wait = (caller: Caller, sessionRef: string, known: number | null, duration: Duration.Duration) =>
        Effect.gen(function* () {
          const subscription = yield* feed.subscribe(sessionRef)
          const until = (yield* Clock.currentTimeMillis) + Duration.toMillis(duration)
          let session = yield* status(caller, sessionRef)
          const told = known ?? (session.verdict.status === "pending" ? session.sequence : null)
          while (session.sequence === told && !(yield* feed.closed)) {
            const left = until - (yield* Clock.currentTimeMillis)
            if (left <= 0) break
            yield* Effect.timeoutOption(subscription.news, left)
            session = yield* status(caller, sessionRef)
          }
          return session
        }).pipe(Effect.scoped)

      const untilExpiry =
        ({ expiresAt }: Caller) =>
        <A, E>(stream: Stream.Stream<A, E>) =>
          expiresAt === null
            ? stream
            : Stream.interruptWhen(
                stream,
                Effect.flatMap(Clock.currentTimeMillis, (now) => Effect.sleep(Math.max(0, expiresAt - now)))
              )

      const watch = (caller: Caller, sessionRef: string) =>
        Stream.unfoldEffect({ told: null as number | null, over: false }, ({ over, told }) =>
          Effect.gen(function* () {
            if (over || (yield* feed.closed)) return yield* Effect.fail(null)
            const session = yield* told === null
              ? status(caller, sessionRef)
              : wait(caller, sessionRef, told, Duration.hours(1))
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

      return {
        start,
        status,
        wait,
        watch,
        list: ({ userId }, before, limit) =>
          repository.list({ environment: policy.environment, userId }, before, limit)
      }
    })
  )
}
