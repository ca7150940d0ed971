import { assert, describe, it } from "@effect/vitest"
import {
  Chunk,
  Clock,
  Context,
  Deferred,
  Duration,
  Effect,
  Exit,
  Fiber,
  Layer,
  Stream,
  TestClock
} from "effect"
import { identifier } from "../../src/domain/Correlation.js"
import { type Session, withVerdict } from "../../src/domain/Session.js"
import { StorageUnavailable } from "../../src/domain/StorageUnavailable.js"
import type { Caller } from "../../src/sessions/Caller.js"
import { type HostedPage, HostedPages } from "../../src/sessions/HostedPages.js"
import { StartFailed } from "../../src/sessions/SessionErrors.js"
import { SessionFeed } from "../../src/sessions/SessionFeed.js"
import { SessionPolicy } from "../../src/sessions/SessionPolicy.js"
import { SessionRepository } from "../../src/sessions/SessionRepository.js"
import { Sessions } from "../../src/sessions/Sessions.js"
import { fingerprintOf, planStart, type StartCommand } from "../../src/sessions/StartPlan.js"
import { VerdictPolicy } from "../../src/sessions/VerdictPolicy.js"
import { tablesMemory } from "../../src/storage/memory/TablesMemory.js"
import { sessionRepositoryLayer } from "../../src/storage/SessionRepositoryLive.js"
import { Tables } from "../../src/storage/Tables.js"
import { aRef, aReservation, reviewMillis, unique, verdictPolicy } from "../suites/fixtures.js"
import { aCommand, aPolicy, type Policy } from "./policy.js"

const hourMillis = 3_600_000
/** What one start may take: the provider's deadline and two seconds to store the session. */
const leaseMillis = 10_000

type PageFor = (sessionRef: string) => Effect.Effect<HostedPage, StartFailed>

const aPage: PageFor = () =>
  Effect.map(Clock.currentTimeMillis, (now) => {
    const token = unique("tok-")
    return {
      url: `https://app.verifyhuman.io/hosted/v/${token}`,
      expiresAt: now + hourMillis,
      identifiers: [identifier("token", token)],
      confirmable: true
    }
  })

/** Where pages come from in a test: what the next calls give, and for which sessions they were asked. */
class Pages extends Context.Tag("test/Pages")<Pages, { next: PageFor; readonly asked: Array<string> }>() {
  static readonly layer = Layer.sync(Pages, () => ({ next: aPage, asked: [] }))
}

const pagesLayer = Layer.effect(
  HostedPages,
  Effect.map(Pages, (pages) => ({
    make: (_plan, sessionRef) =>
      Effect.suspend(() => {
        pages.asked.push(sessionRef)
        return pages.next(sessionRef)
      })
  }))
)

const layer = (policy: Partial<Policy> = {}) =>
  Sessions.layer.pipe(
    Layer.provideMerge(
      Layer.mergeAll(
        sessionRepositoryLayer,
        SessionFeed.layerMemory,
        pagesLayer,
        Layer.succeed(SessionPolicy, aPolicy(policy))
      )
    ),
    Layer.provideMerge(
      Layer.mergeAll(tablesMemory, Pages.layer, Layer.succeed(VerdictPolicy, verdictPolicy))
    ),
    Layer.fresh
  )

type Services = Layer.Layer.Success<ReturnType<typeof layer>>

const run = <A, E>(test: Effect.Effect<A, E, Services>, policy: Partial<Policy> = {}) =>
  Effect.provide(test, layer(policy))

const aCaller = (overrides: Partial<Caller> = {}): Caller => ({
  userId: unique("user-"),
  kind: "user",
  expiresAt: null,
  ...overrides
})

const start = (caller: Caller, command: Partial<StartCommand> = {}, key: string | null = null) =>
  Effect.flatMap(Sessions, (sessions) => sessions.start(caller, aCommand(command), key))

/** Lets every fiber that can go on go on. */
const settle = TestClock.adjust(0)

const failsWith =
  (failure: StartFailed["failure"], retryAfterMillis: number | null = null): PageFor =>
  () =>
    new StartFailed({ failure, retryAfterMillis })

/** The reservation that a process made before it died. */
const aCrashedStart = Effect.fnUntraced(function* (caller: Caller, command: Partial<StartCommand> = {}) {
  const repository = yield* SessionRepository
  const now = yield* Clock.currentTimeMillis
  const plan = yield* planStart(yield* SessionPolicy, aCommand(command))
  const reservation = yield* repository.reserve(
    aReservation({
      userId: caller.userId,
      fingerprint: fingerprintOf(plan),
      restart: command.restart ?? false,
      now,
      leaseUntil: now + leaseMillis
    })
  )
  assert.strictEqual(reservation._tag, "Reserved")
})

/** From here on the provider answers when the gate opens. */
const gated = Effect.gen(function* () {
  const pages = yield* Pages
  const gate = yield* Deferred.make<void, StartFailed>()
  pages.next = (sessionRef) => Effect.zipRight(Deferred.await(gate), aPage(sessionRef))
  return { gate, asked: pages.asked }
})

const find = (sessionRef: string) =>
  Effect.flatMap(SessionRepository, (repository) =>
    Effect.map(repository.find(sessionRef), (session) => {
      assert.isNotNull(session)
      return session as Session
    })
  )

/** The provider's verdict arrives. */
const decide = Effect.fnUntraced(function* (sessionRef: string, verdict: Session["verdict"]) {
  const tables = yield* Tables
  const now = yield* Clock.currentTimeMillis
  yield* tables.sessions.update(withVerdict(yield* find(sessionRef), verdict, null, now, reviewMillis))
  yield* Effect.flatMap(SessionFeed, (feed) => feed.publish(sessionRef))
})

const passed = { status: "pass", reason: null } as const
const declined = { status: "fail", reason: "declined" } as const
const inReview = { status: "pending", reason: "in_review" } as const

describe("start", () => {
  it.effect("opens a session: the provider's page, until it expires", () =>
    run(
      Effect.gen(function* () {
        yield* TestClock.setTime(1_000_000)
        const caller = aCaller()
        const started = yield* start(caller, { product: "verifyage", reference: "customer 7" })
        assert.match(started.sessionRef, /^vs_[A-Za-z0-9_-]{32}$/)
        const session = yield* find(started.sessionRef)
        assert.deepStrictEqual(started, {
          status: 201,
          sessionRef: session.sessionRef,
          hostedUrl: session.hostedUrl,
          expiresAt: 1_000_000 + hourMillis
        })
        assert.deepInclude(session, {
          userId: caller.userId,
          environment: "test",
          product: "verifyage",
          model: "hosted",
          confirmable: true,
          reference: "customer 7",
          open: true,
          providerStatus: null,
          sequence: 0,
          createdAt: 1_000_000,
          updatedAt: 1_000_000,
          expiresAt: 1_000_000 + hourMillis,
          decidedAt: null
        })
        assert.deepStrictEqual(session.verdict, { status: "pending", reason: "awaiting_result" })
        assert.deepStrictEqual((yield* Pages).asked, [session.sessionRef])
      })
    )
  )

  it.effect("counts the life of a Flow's session by our own clock", () =>
    run(
      Effect.gen(function* () {
        yield* TestClock.setTime(1_000_000)
        ;(yield* Pages).next = () =>
          Effect.succeed({
            url: "https://flow.example/",
            expiresAt: null,
            identifiers: [],
            confirmable: false
          })
        const { expiresAt, sessionRef } = yield* start(aCaller(), { expiresInHours: 5 })
        assert.strictEqual(expiresAt, 1_000_000 + 5 * hourMillis)
        const session = yield* find(sessionRef)
        assert.isFalse(session.confirmable)
        assert.deepStrictEqual(session.verdict, { status: "pending", reason: "unconfirmable" })
      })
    )
  )

  it.effect("refuses what the team has not allowed before anything else", () =>
    run(
      Effect.gen(function* () {
        const error = yield* Effect.flip(start(aCaller(), { redirectUrl: "https://evil.example/" }))
        assert.strictEqual(error._tag, "InvalidRequest")
        assert.lengthOf((yield* Pages).asked, 0)
      })
    )
  )

  it.effect("hands an open session out again while it has two minutes to live", () =>
    run(
      Effect.gen(function* () {
        const caller = aCaller()
        const first = yield* start(caller)
        yield* TestClock.adjust(hourMillis - 120_000)
        assert.deepStrictEqual(yield* start(caller), { ...first, status: 200 })
        yield* TestClock.adjust(1)
        const second = yield* start(caller)
        assert.strictEqual(second.status, 201)
        assert.notStrictEqual(second.sessionRef, first.sessionRef)
      })
    )
  )

  it.effect("leaves nothing of a start that the provider refused", () =>
    run(
      Effect.gen(function* () {
        const pages = yield* Pages
        const caller = aCaller()
        pages.next = failsWith("provider_unavailable", 3000)
        const error = yield* Effect.flip(start(caller))
        assert.deepStrictEqual<object>(
          { ...error },
          { _tag: "StartFailed", failure: "provider_unavailable", retryAfterMillis: 3000 }
        )
        const sessions = yield* Sessions
        assert.deepStrictEqual(yield* sessions.list(caller, null, 10), [])
        pages.next = aPage
        assert.strictEqual((yield* start(caller)).status, 201)
      })
    )
  )

  it.effect("fails where the provider hands out a token of another session", () =>
    run(
      Effect.gen(function* () {
        const pages = yield* Pages
        const page = yield* aPage("")
        pages.next = () => Effect.succeed(page)
        yield* start(aCaller())
        const [second, third] = [aCaller(), aCaller()]
        const error = yield* Effect.flip(start(second))
        assert.deepInclude({ ...error }, { _tag: "StartFailed", failure: "provider_rejected" })
        const sessions = yield* Sessions
        assert.deepStrictEqual(yield* sessions.list(second, null, 10), [])
        pages.next = aPage
        assert.strictEqual((yield* start(third)).status, 201)
        assert.strictEqual((yield* start(second)).status, 201)
      })
    )
  )

  it.effect("counts new sessions only, per user and window", () =>
    run(
      Effect.gen(function* () {
        const caller = aCaller()
        yield* start(caller)
        yield* TestClock.adjust("10 minutes")
        yield* start(caller, { restart: true })
        const error = yield* Effect.flip(start(caller, { restart: true }))
        assert.deepInclude({ ...error }, { _tag: "RateLimited", retryAfterMillis: 50 * 60_000 })
        assert.strictEqual((yield* start(caller)).status, 200)
        assert.strictEqual((yield* start(aCaller())).status, 201)
        yield* TestClock.adjust("50 minutes")
        assert.strictEqual((yield* start(caller, { restart: true })).status, 201)
      }),
      { startLimit: { count: 2, windowMillis: hourMillis } }
    )
  )

  it.effect("gives failed starts a limit of their own, ten times as high", () =>
    run(
      Effect.gen(function* () {
        const caller = aCaller()
        const pages = yield* Pages
        pages.next = failsWith("provider_unavailable")
        for (let failed = 0; failed < 10; failed++) {
          assert.strictEqual((yield* Effect.flip(start(caller)))._tag, "StartFailed")
        }
        assert.strictEqual((yield* Effect.flip(start(caller)))._tag, "RateLimited")
      }),
      { startLimit: { count: 1, windowMillis: hourMillis } }
    )
  )

  it.effect("does not hand out a session in review, unless it is restarted", () =>
    run(
      Effect.gen(function* () {
        const caller = aCaller()
        const { sessionRef } = yield* start(caller)
        yield* decide(sessionRef, inReview)
        const error = yield* Effect.flip(start(caller))
        assert.deepStrictEqual<object>({ ...error }, { _tag: "SessionInReview", sessionRef })
        assert.strictEqual((yield* start(caller, { restart: true })).status, 201)
      })
    )
  )

  it.effect("replays the first success under an idempotency key, and nothing else under it", () =>
    run(
      Effect.gen(function* () {
        const caller = aCaller()
        const key = unique("key-")
        const first = yield* start(caller, { restart: true }, key)
        assert.deepStrictEqual(yield* start(caller, { restart: true }, key), first)
        const error = yield* Effect.flip(start(caller, {}, key))
        assert.strictEqual(error._tag, "IdempotencyKeyReused")
        yield* decide(first.sessionRef, passed)
        assert.deepStrictEqual(yield* start(caller, { restart: true }, key), { ...first, hostedUrl: null })
        assert.lengthOf((yield* Pages).asked, 1)
      })
    )
  )
})

describe("a start that meets an equal one", () => {
  it.effect("waits for its session", () =>
    run(
      Effect.gen(function* () {
        const { asked, gate } = yield* gated
        const caller = aCaller()
        const many = yield* Effect.fork(
          Effect.all(
            Array.from({ length: 10 }, () => start(caller)),
            { concurrency: "unbounded" }
          )
        )
        yield* TestClock.adjust("7 seconds")
        assert.isNull(many.unsafePoll())
        yield* Deferred.succeed(gate, undefined)
        const started = yield* Fiber.join(many)
        assert.lengthOf(asked, 1)
        assert.deepStrictEqual([...new Set(started.map(({ sessionRef }) => sessionRef))], asked)
        assert.sameMembers(
          started.map(({ status }) => status),
          [201, ...Array.from({ length: 9 }, () => 200)]
        )
      })
    )
  )

  it.effect("waits for its session though the news of it comes from another process, unheard", () =>
    run(
      Effect.gen(function* () {
        const caller = aCaller()
        const repository = yield* SessionRepository
        const page = yield* aPage("")
        const template = yield* find((yield* start(aCaller())).sessionRef)
        yield* aCrashedStart(caller)
        const plan = yield* planStart(yield* SessionPolicy, aCommand())
        const slot = { environment: "test", userId: caller.userId, fingerprint: fingerprintOf(plan) } as const
        const waiting = yield* Effect.fork(start(caller))
        yield* TestClock.adjust("1 second")
        const reserved = yield* Effect.flatMap(Tables, (tables) => tables.starts.findReserved(slot))
        const sessionRef = reserved?.sessionRef ?? ""
        yield* repository.open({ ...template, ...slot, sessionRef, hostedUrl: page.url }, page.identifiers)
        yield* TestClock.adjust("250 millis")
        const exit = waiting.unsafePoll()
        assert.isNotNull(exit)
        const started = yield* Fiber.join(waiting)
        assert.deepInclude(started, { status: 200, sessionRef, hostedUrl: page.url })
      })
    )
  )

  it.effect("shares its failure, without a call of its own", () =>
    run(
      Effect.gen(function* () {
        const { asked, gate } = yield* gated
        const caller = aCaller()
        const many = yield* Effect.fork(
          Effect.all(
            Array.from({ length: 5 }, () => Effect.flip(start(caller))),
            { concurrency: "unbounded" }
          )
        )
        yield* settle
        yield* Deferred.fail(
          gate,
          new StartFailed({ failure: "provider_out_of_credits", retryAfterMillis: 7 })
        )
        for (const error of yield* Fiber.join(many)) {
          assert.deepInclude(
            { ...error },
            { _tag: "StartFailed", failure: "provider_out_of_credits", retryAfterMillis: 7 }
          )
        }
        assert.lengthOf(asked, 1)
      })
    )
  )

  it.effect("waits under the same idempotency key, and answers as the first one did", () =>
    run(
      Effect.gen(function* () {
        const { asked, gate } = yield* gated
        const caller = aCaller()
        const key = unique("key-")
        const twins = yield* Effect.fork(
          Effect.all([start(caller, { restart: true }, key), start(caller, { restart: true }, key)], {
            concurrency: "unbounded"
          })
        )
        yield* settle
        yield* Deferred.succeed(gate, undefined)
        const [first, second] = yield* Fiber.join(twins)
        assert.deepStrictEqual(second, first)
        assert.lengthOf(asked, 1)
      })
    )
  )

  it.effect("does not wait for one of another user, product or redirect", () =>
    run(
      Effect.gen(function* () {
        const { asked, gate } = yield* gated
        const caller = aCaller()
        const different = yield* Effect.fork(
          Effect.all(
            [
              start(caller),
              start(caller, { product: "verifyage" }),
              start(caller, { redirectUrl: "myapp://verified" }),
              start(aCaller())
            ],
            { concurrency: "unbounded" }
          )
        )
        yield* settle
        assert.lengthOf(asked, 4)
        yield* Deferred.succeed(gate, undefined)
        for (const { status } of yield* Fiber.join(different)) assert.strictEqual(status, 201)
      })
    )
  )

  it.effect("takes it over when its process has died, once its lease has run out", () =>
    run(
      Effect.gen(function* () {
        const caller = aCaller()
        const { asked } = yield* Pages
        yield* aCrashedStart(caller)
        const waiting = yield* Effect.fork(start(caller))
        yield* TestClock.adjust(leaseMillis - 1)
        assert.lengthOf(asked, 0)
        yield* TestClock.adjust("1 second")
        const started = yield* Fiber.join(waiting)
        assert.strictEqual(started.status, 201)
        assert.deepStrictEqual(asked, [started.sessionRef])
      })
    )
  )

  it.effect("one of many takes it over, and the others wait for that one", () =>
    run(
      Effect.gen(function* () {
        const caller = aCaller()
        const { asked } = yield* Pages
        yield* aCrashedStart(caller)
        const many = yield* Effect.fork(
          Effect.all(
            Array.from({ length: 5 }, () => start(caller)),
            { concurrency: "unbounded" }
          )
        )
        yield* TestClock.adjust("11 seconds")
        const started = yield* Fiber.join(many)
        assert.lengthOf(asked, 1)
        assert.lengthOf([...new Set(started.map(({ sessionRef }) => sessionRef))], 1)
      })
    )
  )

  it.effect("takes it over when a fall left it behind", () =>
    run(
      Effect.gen(function* () {
        const caller = aCaller()
        const pages = yield* Pages
        pages.next = () => Effect.die("the process falls")
        assert.isTrue(Exit.isFailure(yield* Effect.exit(start(caller))))
        pages.next = aPage
        const waiting = yield* Effect.fork(start(caller))
        yield* TestClock.adjust("11 seconds")
        assert.strictEqual((yield* Fiber.join(waiting)).status, 201)
      })
    )
  )

  it.effect("a start whose lease ran out stores nothing when its page comes at last", () =>
    run(
      Effect.gen(function* () {
        const caller = aCaller()
        const pages = yield* Pages
        const sessions = yield* Sessions
        const { gate } = yield* gated
        const slow = yield* Effect.fork(Effect.exit(start(caller)))
        yield* TestClock.adjust(leaseMillis)
        pages.next = aPage
        const taken = yield* start(caller)
        assert.strictEqual(taken.status, 201)
        yield* Deferred.succeed(gate, undefined)
        yield* TestClock.adjust("1 second")
        const exit = yield* Fiber.join(slow)
        if (Exit.isSuccess(exit)) assert.strictEqual(exit.value.sessionRef, taken.sessionRef)
        const listed = yield* sessions.list(caller, null, 10)
        assert.deepStrictEqual(
          listed.map(({ open, sessionRef }) => ({ open, sessionRef })),
          [{ open: true, sessionRef: taken.sessionRef }]
        )
      })
    )
  )

  it.effect("gives up when others keep it waiting for longer than a start may take", () =>
    run(
      Effect.gen(function* () {
        const caller = aCaller()
        const pages = yield* Pages
        pages.next = () => Effect.never
        yield* aCrashedStart(caller)
        yield* TestClock.adjust("5 seconds")
        const first = yield* Effect.fork(Effect.either(start(caller)))
        yield* settle
        const second = yield* Effect.fork(Effect.either(start(caller)))
        yield* TestClock.adjust("11 seconds")
        const answers = [first, second].flatMap((fiber) => {
          const exit = fiber.unsafePoll()
          return exit !== null && Exit.isSuccess(exit) ? [exit.value] : []
        })
        assert.lengthOf(answers, 1)
        const [answer] = answers
        assert.deepInclude(answer?._tag === "Left" && { ...answer.left }, {
          _tag: "StartFailed",
          failure: "provider_timeout"
        })
        assert.lengthOf(pages.asked, 1)
      })
    )
  )

  it.effect("fails with the storage", () =>
    run(
      Effect.gen(function* () {
        const broken = Layer.mock(SessionRepository, {
          reserve: () => new StorageUnavailable({ operation: "SessionRepository.reserve", cause: "gone" })
        })
        const sessions = yield* Sessions.pipe(
          Effect.provide(Layer.provide(Layer.fresh(Sessions.layer), broken))
        )
        const error = yield* Effect.flip(sessions.start(aCaller(), aCommand(), null))
        assert.strictEqual(error._tag, "StorageUnavailable")
      })
    )
  )
})

describe("a restart", () => {
  it.effect("closes the open session, and what comes for it later still counts for it", () =>
    run(
      Effect.gen(function* () {
        const caller = aCaller()
        const first = yield* start(caller)
        const second = yield* start(caller, { restart: true })
        assert.strictEqual(second.status, 201)
        assert.deepInclude(yield* find(first.sessionRef), { open: false, hostedUrl: null })
        yield* decide(first.sessionRef, passed)
        assert.strictEqual((yield* find(first.sessionRef)).verdict.status, "pass")
        assert.strictEqual((yield* find(second.sessionRef)).verdict.status, "pending")
        assert.strictEqual((yield* start(caller)).sessionRef, second.sessionRef)
      })
    )
  )

  it.effect("that meets another ends with the same new session", () =>
    run(
      Effect.gen(function* () {
        const caller = aCaller()
        const first = yield* start(caller)
        const { asked, gate } = yield* gated
        const restarts = yield* Effect.fork(
          Effect.all([start(caller, { restart: true }), start(caller, { restart: true })], {
            concurrency: "unbounded"
          })
        )
        yield* settle
        yield* Deferred.succeed(gate, undefined)
        const [second, third] = yield* Fiber.join(restarts)
        assert.notStrictEqual(second.sessionRef, first.sessionRef)
        assert.strictEqual(third.sessionRef, second.sessionRef)
        assert.lengthOf(asked, 2)
      })
    )
  )

  it.effect("that waited for a start whose process died does not get the spent page", () =>
    run(
      Effect.gen(function* () {
        const caller = aCaller()
        const spent = yield* start(caller)
        yield* aCrashedStart(caller, { restart: true })
        const waiting = yield* Effect.fork(start(caller, { restart: true }))
        yield* TestClock.adjust("11 seconds")
        const restarted = yield* Fiber.join(waiting)
        assert.strictEqual(restarted.status, 201)
        assert.notStrictEqual(restarted.sessionRef, spent.sessionRef)
      })
    )
  )
})

describe("status", () => {
  it.effect("is the caller's own, and nobody else's", () =>
    run(
      Effect.gen(function* () {
        const sessions = yield* Sessions
        const caller = aCaller()
        const { sessionRef } = yield* start(caller)
        assert.strictEqual((yield* sessions.status(caller, sessionRef)).sessionRef, sessionRef)
        for (const [who, ref] of [
          [aCaller(), sessionRef],
          [caller, aRef()],
          [caller, "vs_"],
          [caller, ""],
          [caller, `${sessionRef}x`]
        ] as const) {
          assert.strictEqual((yield* Effect.flip(sessions.status(who, ref)))._tag, "SessionNotFound")
          assert.strictEqual(
            (yield* Effect.flip(Effect.scoped(sessions.wait(who, ref, null, Duration.hours(1)))))._tag,
            "SessionNotFound"
          )
          assert.strictEqual(
            (yield* Effect.flip(Stream.runDrain(sessions.watch(who, ref))))._tag,
            "SessionNotFound"
          )
        }
      })
    )
  )

  it.effect("is not that of another environment", () =>
    run(
      Effect.gen(function* () {
        const sessions = yield* Sessions
        const tables = yield* Tables
        const caller = aCaller()
        const session = yield* find((yield* start(caller)).sessionRef)
        yield* tables.sessions.update({ ...session, environment: "live" })
        const error = yield* Effect.flip(sessions.status(caller, session.sessionRef))
        assert.strictEqual(error._tag, "SessionNotFound")
      })
    )
  )
})

describe("wait", () => {
  const wait = (caller: Caller, sessionRef: string, known: number | null) =>
    Effect.flatMap(Sessions, (sessions) =>
      sessions.wait(caller, sessionRef, known, Duration.seconds(30))
    ).pipe(Effect.scoped)

  it.effect.each([null, 0])("tells of a change when it comes (known: %s)", (known) =>
    run(
      Effect.gen(function* () {
        const caller = aCaller()
        const { sessionRef } = yield* start(caller)
        const waiting = yield* Effect.fork(wait(caller, sessionRef, known))
        yield* TestClock.adjust("29 seconds")
        assert.isNull(waiting.unsafePoll())
        yield* decide(sessionRef, inReview)
        const session = yield* Fiber.join(waiting)
        assert.deepStrictEqual(session.verdict, inReview)
        assert.strictEqual(session.sequence, 1)
      })
    )
  )

  it.effect.each([null, 0])("ends with what there is (known: %s)", (known) =>
    run(
      Effect.gen(function* () {
        const caller = aCaller()
        const { sessionRef } = yield* start(caller)
        const waiting = yield* Effect.fork(wait(caller, sessionRef, known))
        yield* TestClock.adjust("30 seconds")
        assert.strictEqual((yield* Fiber.join(waiting)).sequence, 0)
      })
    )
  )

  it.effect("does not keep whoever does not know yet", () =>
    run(
      Effect.gen(function* () {
        const caller = aCaller()
        const { sessionRef } = yield* start(caller)
        yield* decide(sessionRef, inReview)
        for (const known of [0, 2, -1]) {
          assert.strictEqual((yield* wait(caller, sessionRef, known)).sequence, 1)
        }
        yield* decide(sessionRef, passed)
        assert.strictEqual((yield* wait(caller, sessionRef, 1)).sequence, 2)
        assert.strictEqual((yield* wait(caller, sessionRef, null)).sequence, 2)
      })
    )
  )

  it.effect("keeps whoever knows the verdict until it is reversed", () =>
    run(
      Effect.gen(function* () {
        const caller = aCaller()
        const { sessionRef } = yield* start(caller)
        yield* decide(sessionRef, passed)
        const waiting = yield* Effect.fork(wait(caller, sessionRef, 1))
        yield* TestClock.adjust("10 seconds")
        assert.isNull(waiting.unsafePoll())
        yield* decide(sessionRef, declined)
        assert.deepStrictEqual((yield* Fiber.join(waiting)).verdict, declined)
      })
    )
  )

  it.effect("is not ended by news without a change", () =>
    run(
      Effect.gen(function* () {
        const caller = aCaller()
        const feed = yield* SessionFeed
        const { sessionRef } = yield* start(caller)
        const waiting = yield* Effect.fork(wait(caller, sessionRef, 0))
        for (let second = 0; second < 10; second++) {
          yield* feed.publish(sessionRef)
          yield* TestClock.adjust("1 second")
        }
        assert.isNull(waiting.unsafePoll())
        yield* TestClock.adjust("20 seconds")
        assert.strictEqual((yield* Fiber.join(waiting)).sequence, 0)
      })
    )
  )

  it.effect("keeps nobody when the service shuts down", () =>
    run(
      Effect.gen(function* () {
        const caller = aCaller()
        const feed = yield* SessionFeed
        const { sessionRef } = yield* start(caller)
        const many = yield* Effect.fork(
          Effect.all([wait(caller, sessionRef, 0), wait(caller, sessionRef, null)], {
            concurrency: "unbounded"
          })
        )
        yield* settle
        yield* feed.close
        for (const { sequence } of yield* Fiber.join(many)) assert.strictEqual(sequence, 0)
        assert.strictEqual((yield* wait(caller, sessionRef, 0)).sequence, 0)
      })
    )
  )

  it.effect("leaves nothing behind when it is interrupted", () =>
    run(
      Effect.gen(function* () {
        const caller = aCaller()
        const { sessionRef } = yield* start(caller)
        const waiting = yield* Effect.fork(wait(caller, sessionRef, 0))
        yield* settle
        assert.isTrue(Exit.isInterrupted(yield* Fiber.interrupt(waiting)))
        yield* decide(sessionRef, passed)
        assert.strictEqual((yield* wait(caller, sessionRef, 0)).sequence, 1)
      })
    )
  )
})

describe("watch", () => {
  const watched = (caller: Caller, sessionRef: string) =>
    Effect.flatMap(Sessions, (sessions) =>
      sessions.watch(caller, sessionRef).pipe(
        Stream.map(({ verdict }) => verdict),
        Stream.runCollect,
        Effect.map(Chunk.toReadonlyArray),
        Effect.fork
      )
    )

  const awaiting = { status: "pending", reason: "awaiting_result" } as const

  it.effect("tells the status now, every change, and ends with the verdict", () =>
    run(
      Effect.gen(function* () {
        const caller = aCaller()
        const { sessionRef } = yield* start(caller)
        const watching = yield* watched(caller, sessionRef)
        yield* TestClock.adjust("1 minute")
        yield* decide(sessionRef, inReview)
        yield* TestClock.adjust("1 minute")
        assert.isNull(watching.unsafePoll())
        yield* decide(sessionRef, passed)
        assert.deepStrictEqual(yield* Fiber.join(watching), [awaiting, inReview, passed])
      })
    )
  )

  it.effect("of a decided session tells the verdict and ends", () =>
    run(
      Effect.gen(function* () {
        const caller = aCaller()
        const { sessionRef } = yield* start(caller)
        yield* decide(sessionRef, declined)
        assert.deepStrictEqual(yield* Fiber.join(yield* watched(caller, sessionRef)), [declined])
      })
    )
  )

  it.effect("goes on for as long as nothing happens", () =>
    run(
      Effect.gen(function* () {
        const caller = aCaller()
        const { sessionRef } = yield* start(caller)
        const watching = yield* watched(caller, sessionRef)
        yield* TestClock.adjust("3 hours")
        assert.isNull(watching.unsafePoll())
        yield* decide(sessionRef, passed)
        assert.deepStrictEqual(yield* Fiber.join(watching), [awaiting, passed])
      })
    )
  )

  it.effect("ends when the caller's credential does", () =>
    run(
      Effect.gen(function* () {
        const expiresAt = (yield* Clock.currentTimeMillis) + 60_000
        const caller = aCaller({ expiresAt })
        const { sessionRef } = yield* start(caller)
        const watching = yield* watched(caller, sessionRef)
        yield* TestClock.adjust("59 seconds")
        assert.isNull(watching.unsafePoll())
        yield* TestClock.adjust("1 second")
        assert.deepStrictEqual(yield* Fiber.join(watching), [awaiting])
      })
    )
  )

  it.effect("ends when the service shuts down", () =>
    run(
      Effect.gen(function* () {
        const caller = aCaller()
        const feed = yield* SessionFeed
        const { sessionRef } = yield* start(caller)
        const watching = yield* watched(caller, sessionRef)
        yield* settle
        yield* feed.close
        assert.deepStrictEqual(yield* Fiber.join(watching), [awaiting])
        assert.deepStrictEqual(yield* Fiber.join(yield* watched(caller, sessionRef)), [])
      })
    )
  )
})

describe("list", () => {
  it.effect("is the caller's own, newest first", () =>
    run(
      Effect.gen(function* () {
        const sessions = yield* Sessions
        const caller = aCaller()
        const refs: Array<string> = []
        for (const product of ["verifyidentity", "verifyage"] as const) {
          refs.unshift((yield* start(caller, { product })).sessionRef)
          yield* TestClock.adjust("1 second")
        }
        yield* start(aCaller())
        const listed = yield* sessions.list(caller, null, 10)
        assert.deepStrictEqual(
          listed.map(({ sessionRef }) => sessionRef),
          refs
        )
        assert.deepStrictEqual(yield* sessions.list(caller, null, 1), listed.slice(0, 1))
        const [newest] = listed
        const before = { at: newest?.createdAt ?? 0, id: newest?.sessionRef ?? "" }
        assert.deepStrictEqual(yield* sessions.list(caller, before, 10), listed.slice(1))
      })
    )
  )
})
