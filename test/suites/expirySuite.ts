import { assert, describe, layer as sharing } from "@effect/vitest"
import { Effect, type Layer } from "effect"
import { RetentionStore } from "../../src/background/Retention.js"
import { identifier } from "../../src/domain/Correlation.js"
import { outcomeTable } from "../../src/domain/Outcome.js"
import { readWebhookEvent } from "../../src/domain/WebhookEvent.js"
import { Records } from "../../src/operators/Records.js"
import { PollTimetable } from "../../src/polling/PollTimetable.js"
import { SessionRepository } from "../../src/sessions/SessionRepository.js"
import { Inbox } from "../../src/webhooks/Inbox.js"
import {
  aBody,
  admit,
  aHostedSession,
  anAudit,
  aReservation,
  aSession,
  aTracking,
  reviewMillis,
  unique
} from "./fixtures.js"

const minute = 60_000
const sessionOf = (sessionRef: string) =>
  Effect.flatMap(SessionRepository, (repository) => repository.find(sessionRef))
const expire = (now: number) =>
  Effect.flatMap(SessionRepository, (repository) =>
    Effect.map(repository.expire(now, 1000), ({ changed }) => changed.map(({ sessionRef }) => sessionRef))
  )
const actionTypes = (sessionRef: string) =>
  Effect.flatMap(Records, (records) =>
    Effect.map(records.session(sessionRef), ({ actions }) => actions.map(({ type }) => type))
  )

/** Hosted sessions of the fixtures expire at 1_000_000 + 1 h. */
const due = 1_000_000 + 60 * minute + 5 * minute

type Needs = Inbox | SessionRepository | PollTimetable | Records | RetentionStore

/** Expiry, retention and erasure on any storage (contract sections 2, 3 and 9). */
export const expirySuite = (name: string, layer: Layer.Layer<Needs, unknown>) =>
  describe(`Expiry, retention, erasure: ${name}`, () => {
    sharing(layer)((it) => {
      it.effect("lets a session expire five minutes after its page, once", () =>
        Effect.gen(function* () {
          const { sessionRef } = yield* aHostedSession
          assert.notInclude(yield* expire(due - 1), sessionRef)
          assert.include(yield* expire(due), sessionRef)
          assert.notInclude(yield* expire(due + minute), sessionRef)
          assert.deepInclude(yield* sessionOf(sessionRef), {
            verdict: { status: "fail", reason: "expired" },
            hostedUrl: null,
            expiredAt: due,
            sequence: 1
          })
          assert.deepStrictEqual(yield* actionTypes(sessionRef), ["verification.expired"])
        })
      )

      it.effect("a later verdict still wins, and both are sent on", () =>
        Effect.gen(function* () {
          const { sessionRef, token } = yield* aHostedSession
          yield* expire(due)
          yield* admit({ token }, { receivedAt: due + minute })
          assert.deepStrictEqual((yield* sessionOf(sessionRef))?.verdict, { status: "pass", reason: null })
          assert.deepStrictEqual(yield* actionTypes(sessionRef), [
            "verification.expired",
            "verification.passed"
          ])
        })
      )

      it.effect("keeps a session in review open for as long as reviews may take", () =>
        Effect.gen(function* () {
          const { sessionRef, token } = yield* aHostedSession
          yield* admit({ token, status: "PENDING" }, { receivedAt: 2_000_000 })
          assert.notInclude(yield* expire(due), sessionRef)
          assert.notInclude(yield* expire(2_000_000 + reviewMillis - 1), sessionRef)
          assert.include(yield* expire(2_000_000 + reviewMillis), sessionRef)
          assert.strictEqual((yield* sessionOf(sessionRef))?.verdict.reason, "expired")
        })
      )

      it.effect("a review after expiry reopens the session, and it can expire again", () =>
        Effect.gen(function* () {
          const { sessionRef, token } = yield* aHostedSession
          yield* expire(due)
          yield* admit({ token, status: "PENDING" }, { receivedAt: due + minute })
          const reopened = yield* sessionOf(sessionRef)
          assert.deepInclude(reopened, {
            open: true,
            decidedAt: null,
            expiryDueAt: due + minute + reviewMillis
          })
          assert.strictEqual(reopened?.verdict.reason, "in_review")
          const repository = yield* SessionRepository
          if (reopened === null) return
          const again = { ...aReservation(reopened), now: due + 2 * minute, leaseUntil: due + 3 * minute }
          assert.strictEqual((yield* repository.reserve(again))._tag, "InReview")
          yield* expire(due + minute + reviewMillis)
          assert.strictEqual((yield* sessionOf(sessionRef))?.verdict.reason, "expired")
        })
      )

      it.effect("never lets a session expire that can never be confirmed", () =>
        Effect.gen(function* () {
          const repository = yield* SessionRepository
          const request = aReservation()
          yield* repository.reserve(request)
          yield* repository.open(
            aSession(request, {
              confirmable: false,
              verdict: { status: "pending", reason: "unconfirmable" },
              expiryDueAt: null
            }),
            []
          )
          assert.notInclude(yield* expire(Number.MAX_SAFE_INTEGER), request.sessionRef)
          assert.deepStrictEqual(yield* actionTypes(request.sessionRef), [])
        })
      )

      it.effect("stops asking for a tracked session that has expired", () =>
        Effect.gen(function* () {
          const repository = yield* SessionRepository
          const timetable = yield* PollTimetable
          const request = aTracking()
          yield* repository.track(request)
          yield* expire(due)
          const polls = yield* timetable.claim(["verifyidentity"], due, due + 1, 1000)
          assert.notInclude(
            polls.map((poll) => poll.sessionRef),
            request.session.sessionRef
          )
        })
      )

      it.effect("counts the sessions that expired without any event", () =>
        Effect.gen(function* () {
          const records = yield* Records
          const before = yield* records.figures
          const silent = yield* aHostedSession
          const heard = yield* aHostedSession
          yield* admit({ token: heard.token, environment: "live" })
          yield* expire(due)
          assert.strictEqual((yield* sessionOf(silent.sessionRef))?.verdict.reason, "expired")
          assert.strictEqual((yield* records.figures).expiredWithoutEvent, before.expiredWithoutEvent + 1)
        })
      )

      it.effect("erases old bodies in batches, and nothing that a verdict or a duplicate needs", () =>
        Effect.gen(function* () {
          const store = yield* RetentionStore
          const records = yield* Records
          const { sessionRef, token } = yield* aHostedSession
          const id = unique("evt-")
          yield* admit({ id, token, status: "PENDING" }, { receivedAt: 3_000_000 })
          while ((yield* store.purge({ bodies: 3_000_000, daily: 0 }, 2)) > 0) {}
          assert.isNotNull((yield* records.session(sessionRef)).events[0]?.body ?? null)
          while ((yield* store.purge({ bodies: 3_000_001, daily: 0 }, 2)) > 0) {}
          const [event] = (yield* records.session(sessionRef)).events
          assert.deepInclude(event, {
            body: null,
            state: "applied",
            outcome: "review",
            receivedAt: 3_000_000
          })
          assert.isTrue((yield* admit({ id, token, status: "PASS" })).duplicate)
          yield* admit({ token })
          assert.strictEqual((yield* sessionOf(sessionRef))?.verdict.status, "pass")
        })
      )

      it.effect("forgets yesterday's idempotency keys and starts", () =>
        Effect.gen(function* () {
          const store = yield* RetentionStore
          const repository = yield* SessionRepository
          const request = aReservation({ idempotency: { keyHash: unique("k"), requestHash: "r1" } })
          yield* repository.reserve(request)
          yield* repository.open(aSession(request), [])
          while ((yield* store.purge({ bodies: 0, daily: request.now }, 2)) > 0) {}
          const { idempotency } = request
          const otherBody = {
            ...aReservation(),
            userId: request.userId,
            idempotency: { keyHash: idempotency?.keyHash ?? "", requestHash: "r2" }
          }
          assert.strictEqual((yield* repository.reserve(otherBody))._tag, "KeyReused")
          while ((yield* store.purge({ bodies: 0, daily: request.now + 1 }, 2)) > 0) {}
          assert.isNull(yield* repository.findStart(request.sessionRef))
          assert.strictEqual((yield* repository.reserve(otherBody))._tag, "Reserved")
        })
      )

      it.effect("forgets a user: nothing of theirs is left, and the provider cannot bring it back", () =>
        Effect.gen(function* () {
          const repository = yield* SessionRepository
          const records = yield* Records
          const inbox = yield* Inbox
          const { sessionRef, token, userId } = yield* aHostedSession
          const [id, verificationId] = [unique("evt-"), unique("ver_")]
          yield* admit({ id, token, verificationId })
          const other = yield* aHostedSession
          const erased = yield* repository.erase(userId, (sessions) => ({
            ...anAudit("erase_user"),
            details: { sessions }
          }))
          assert.deepStrictEqual(erased, [sessionRef])
          assert.isNull(yield* sessionOf(sessionRef))
          assert.deepStrictEqual(yield* repository.list({ environment: "test", userId }, null, 10), [])
          const events = yield* inbox.list({ state: "ignored" }, { before: null, limit: 100 })
          const event = events.items.find(({ why }) => why === "erased")
          assert.deepInclude(event, { why: "erased", body: null, eventId: null, sessionRef: null })
          const copy = yield* admit({ id, token, verificationId })
          assert.isTrue(copy.duplicate)
          const again = yield* inbox.replay(event?.id ?? "", () => null, anAudit("replay"))
          assert.deepInclude(again.event, { state: "ignored", why: "erased", outcome: null })
          const next = yield* admit({ token, verificationId, status: "FAIL" })
          assert.deepInclude(next.event, { state: "unmatched", sessionRef: null })
          const entry = (yield* records.audit(null, 100)).find(({ action }) => action === "erase_user")
          assert.deepInclude(entry, { action: "erase_user", target: null, details: { sessions: 1 } })
          assert.notInclude(JSON.stringify(entry), userId)
          assert.isNotNull(yield* sessionOf(other.sessionRef))
        })
      )

      it.effect("forgets what the user's sessions were known by, whoever said so, also before a replay", () =>
        Effect.gen(function* () {
          const repository = yield* SessionRepository
          const inbox = yield* Inbox
          const { sessionRef, token, userId } = yield* aHostedSession
          const [first, second] = [unique("ver_"), unique("ver_")]
          const { event } = yield* admit({ token, verificationId: first })
          const otherwise = readWebhookEvent(aBody({ token, verificationId: second }), outcomeTable())
          const replayed = yield* inbox.replay(event.id, () => otherwise, anAudit("replay"))
          assert.deepInclude(replayed.event, { state: "applied", sessionRef })
          const known = [sessionRef, token, first, second]
          const claimAnew = (value: string) =>
            Effect.gen(function* () {
              const request = aReservation()
              yield* repository.reserve(request)
              return (yield* repository.open(aSession(request), [identifier("token", value)]))._tag
            })
          const before = yield* Effect.forEach([...known, unique("tok-")], claimAnew)
          assert.deepStrictEqual(before, [...known.map(() => "TokenReused"), "Opened"])
          yield* repository.erase(userId, () => anAudit("erase_user"))
          assert.deepStrictEqual(
            yield* Effect.forEach(known, claimAnew),
            known.map(() => "Opened")
          )
        })
      )
    })
  })
