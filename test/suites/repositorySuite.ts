import { assert, describe, layer as sharing } from "@effect/vitest"
import { Effect, type Layer } from "effect"
import { identifier } from "../../src/domain/Correlation.js"
import type { Session } from "../../src/domain/Session.js"
import { type Reservation, SessionRepository } from "../../src/sessions/SessionRepository.js"
import { aReservation, aSession, unique } from "./fixtures.js"

type Request = ReturnType<typeof aReservation>

const again = (request: Request, overrides: Partial<Request> = {}): Request => ({
  ...request,
  sessionRef: aReservation().sessionRef,
  ...overrides
})

const openNew = Effect.fnUntraced(function* (
  request: Request,
  overrides: Parameters<typeof aSession>[1] = {}
) {
  const repository = yield* SessionRepository
  const reservation = yield* repository.reserve(request)
  assert.strictEqual(reservation._tag, "Reserved")
  const session = aSession(request, overrides)
  assert.strictEqual((yield* repository.open(session, []))._tag, "Opened")
  return session
})

const placeOf = (session: Session | null) =>
  session === null ? null : { at: session.createdAt, id: session.sessionRef }

const tagOf = (reservation: Reservation) => reservation._tag

/** What every session repository must do; `layer` is the one under test. */
export const repositorySuite = (name: string, layer: Layer.Layer<SessionRepository, unknown>) =>
  describe(`SessionRepository: ${name}`, () => {
    sharing(layer)((it) => {
      it.effect("reserves once, stores what was opened, and hands it out again", () =>
        Effect.gen(function* () {
          const repository = yield* SessionRepository
          const request = aReservation()
          const session = yield* openNew(request)
          assert.deepStrictEqual(yield* repository.find(session.sessionRef), session)
          const resumed = yield* repository.reserve(again(request))
          assert.deepStrictEqual(resumed, { _tag: "Resumed", session })
        })
      )

      it.effect("lets equal starts wait for the one that is under way, until its lease is over", () =>
        Effect.gen(function* () {
          const repository = yield* SessionRepository
          const request = aReservation()
          yield* repository.reserve(request)
          assert.deepStrictEqual(yield* repository.reserve(again(request)), {
            _tag: "Busy",
            sessionRef: request.sessionRef
          })
          const late = again(request, { now: request.leaseUntil, leaseUntil: request.leaseUntil + 10_000 })
          assert.strictEqual(tagOf(yield* repository.reserve(late)), "Reserved")
          assert.deepStrictEqual(yield* repository.open(aSession(request), []), { _tag: "LeaseLost" })
          assert.isNull(yield* repository.find(request.sessionRef))
          assert.strictEqual((yield* repository.open(aSession(late), []))._tag, "Opened")
        })
      )

      it.effect("frees the way after a failed start, and tells those who waited why", () =>
        Effect.gen(function* () {
          const repository = yield* SessionRepository
          const request = aReservation()
          yield* repository.reserve(request)
          yield* repository.release(request.sessionRef, {
            failure: "provider_timeout",
            retryAfterMillis: 2000
          })
          const start = yield* repository.findStart(request.sessionRef)
          assert.strictEqual(start?.failure, "provider_timeout")
          assert.strictEqual(start?.retryAfterMillis, 2000)
          assert.strictEqual(tagOf(yield* repository.reserve(again(request))), "Reserved")
        })
      )

      it.effect("does not hand out a session with less than two minutes to live", () =>
        Effect.gen(function* () {
          const repository = yield* SessionRepository
          const request = aReservation()
          const old = yield* openNew(request, { expiresAt: request.now + 119_999 })
          const next = again(request)
          const replaced = yield* openNew(next)
          assert.strictEqual((yield* repository.find(old.sessionRef))?.open, false)
          assert.isNull((yield* repository.find(old.sessionRef))?.hostedUrl ?? null)
          assert.strictEqual((yield* repository.find(replaced.sessionRef))?.open, true)
        })
      )

      it.effect("restarts: closes the open session and makes another", () =>
        Effect.gen(function* () {
          const repository = yield* SessionRepository
          const request = aReservation()
          const first = yield* openNew(request)
          const second = yield* openNew(again(request, { restart: true }))
          assert.notStrictEqual(first.sessionRef, second.sessionRef)
          assert.deepInclude(yield* repository.find(first.sessionRef), { open: false, hostedUrl: null })
        })
      )

      it.effect("never hands out a session that is in review, unless restarted", () =>
        Effect.gen(function* () {
          const repository = yield* SessionRepository
          const request = aReservation()
          const session = yield* openNew(request, {
            verdict: { status: "pending", reason: "in_review" },
            expiresAt: request.now
          })
          assert.deepStrictEqual(yield* repository.reserve(again(request)), {
            _tag: "InReview",
            sessionRef: session.sessionRef
          })
          assert.strictEqual(tagOf(yield* repository.reserve(again(request, { restart: true }))), "Reserved")
        })
      )

      it.effect("limits new sessions per user within the window, reservations included", () =>
        Effect.gen(function* () {
          const repository = yield* SessionRepository
          const userId = unique("user-")
          for (let i = 0; i < 4; i++) yield* openNew(aReservation({ userId, now: 1_000_000 + i }))
          yield* repository.reserve(aReservation({ userId, now: 1_000_004 }))
          const limited = yield* repository.reserve(aReservation({ userId, now: 1_000_010 }))
          assert.deepStrictEqual(limited, { _tag: "Limited", retryAfterMillis: 3_600_000 - 10 })
          const later = { userId, now: 4_600_001, leaseUntil: 4_610_000 }
          assert.strictEqual(tagOf(yield* repository.reserve(aReservation(later))), "Reserved")
          assert.strictEqual(tagOf(yield* repository.reserve(aReservation())), "Reserved")
        })
      )

      it.effect("limits failed starts by themselves", () =>
        Effect.gen(function* () {
          const repository = yield* SessionRepository
          const userId = unique("user-")
          const limits = { windowMillis: 3_600_000, opened: 1, failed: 3 }
          for (let i = 0; i < 3; i++) {
            const request = aReservation({ userId, limits, now: 1_000_000 + i })
            assert.strictEqual(tagOf(yield* repository.reserve(request)), "Reserved")
            yield* repository.release(request.sessionRef, {
              failure: "provider_rejected",
              retryAfterMillis: null
            })
          }
          const limited = yield* repository.reserve(aReservation({ userId, limits, now: 1_000_100 }))
          assert.deepStrictEqual(limited, { _tag: "Limited", retryAfterMillis: 3_600_000 - 100 })
        })
      )

      it.effect("replays the first success under an idempotency key for 24 hours", () =>
        Effect.gen(function* () {
          const repository = yield* SessionRepository
          const idempotency = { keyHash: unique("k"), requestHash: "r1" }
          const request = aReservation({ idempotency })
          const session = yield* openNew(request)
          assert.deepStrictEqual(yield* repository.reserve(again(request, { restart: true })), {
            _tag: "Replayed",
            session,
            status: 201
          })
          const otherBody = again(request, { idempotency: { ...idempotency, requestHash: "r2" } })
          assert.strictEqual(tagOf(yield* repository.reserve(otherBody)), "KeyReused")
          const otherUser = aReservation({ idempotency: { ...idempotency, requestHash: "r2" } })
          assert.strictEqual(tagOf(yield* repository.reserve(otherUser)), "Reserved")
          const nextDay = again(request, { restart: true, now: request.now + 86_400_000 })
          assert.strictEqual(tagOf(yield* repository.reserve(nextDay)), "Reserved")
        })
      )

      it.effect("makes a concurrent twin wait, and forgets a key whose start failed", () =>
        Effect.gen(function* () {
          const repository = yield* SessionRepository
          const request = aReservation({ idempotency: { keyHash: unique("k"), requestHash: "r1" } })
          yield* repository.reserve(request)
          assert.strictEqual(tagOf(yield* repository.reserve(again(request))), "Busy")
          const elsewhere = again(request, {
            fingerprint: "other",
            idempotency: { keyHash: request.idempotency?.keyHash ?? "", requestHash: "r2" }
          })
          assert.strictEqual(tagOf(yield* repository.reserve(elsewhere)), "KeyReused")
          yield* repository.release(request.sessionRef, {
            failure: "provider_unavailable",
            retryAfterMillis: null
          })
          assert.strictEqual(tagOf(yield* repository.reserve(elsewhere)), "Reserved")
        })
      )

      it.effect("refuses a token that belongs to another session, and stores nothing", () =>
        Effect.gen(function* () {
          const repository = yield* SessionRepository
          const token = identifier("token", unique("tok-"))
          const first = aReservation()
          yield* repository.reserve(first)
          assert.strictEqual((yield* repository.open(aSession(first), [token]))._tag, "Opened")
          const second = aReservation()
          yield* repository.reserve(second)
          assert.strictEqual((yield* repository.open(aSession(second), [token]))._tag, "TokenReused")
          assert.isNull(yield* repository.find(second.sessionRef))
        })
      )

      it.effect("lists a user's own sessions, newest first, page by page", () =>
        Effect.gen(function* () {
          const repository = yield* SessionRepository
          const userId = unique("user-")
          const user = { environment: "test", userId } as const
          const made = []
          for (const now of [1_000_000, 1_000_000, 1_000_001, 1_000_002]) {
            made.push(yield* openNew(aReservation({ userId, now })))
          }
          yield* openNew(aReservation())
          const all = yield* repository.list(user, null, 10)
          assert.sameMembers(
            all.map((session) => session.sessionRef),
            made.map((session) => session.sessionRef)
          )
          assert.deepStrictEqual(
            all.map((session) => session.createdAt),
            [1_000_002, 1_000_001, 1_000_000, 1_000_000]
          )
          const paged: Array<Session> = []
          let before: Session | null = null
          while (true) {
            const [next]: ReadonlyArray<Session> = yield* repository.list(user, placeOf(before), 1)
            if (next === undefined) break
            paged.push(next)
            before = next
          }
          assert.deepStrictEqual(paged, [...all])
        })
      )

      it.effect("reserves once for many that ask at the same time", () =>
        Effect.gen(function* () {
          const repository = yield* SessionRepository
          const request = aReservation()
          const answers = yield* Effect.all(
            Array.from({ length: 20 }, () => repository.reserve(again(request))),
            { concurrency: "unbounded" }
          )
          assert.strictEqual(answers.filter((answer) => answer._tag === "Reserved").length, 1)
          assert.strictEqual(answers.filter((answer) => answer._tag === "Busy").length, 19)
        })
      )
    })
  })
