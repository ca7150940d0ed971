import { assert, describe, layer as sharing } from "@effect/vitest"
import { Effect, type Layer } from "effect"
import { identifier } from "../../src/domain/Correlation.js"
import { PollTimetable } from "../../src/polling/PollTimetable.js"
import { SessionRepository } from "../../src/sessions/SessionRepository.js"
import { Inbox } from "../../src/webhooks/Inbox.js"
import { admit, anAnswer, aReservation, aSession, aTracking, unique } from "./fixtures.js"

const track = (overrides: Parameters<typeof aTracking>[0] = {}) =>
  Effect.gen(function* () {
    const repository = yield* SessionRepository
    const request = aTracking(overrides)
    return { request, tracking: yield* repository.track(request) }
  })

const verdictOf = (sessionRef: string) =>
  Effect.flatMap(SessionRepository, (repository) =>
    Effect.map(repository.find(sessionRef), (session) => session?.verdict)
  )

const duePolls = (sessionRef: string, now: number) =>
  Effect.flatMap(PollTimetable, (timetable) =>
    Effect.map(timetable.claim(["verifyidentity"], now, now + 30_000, 1000), (polls) =>
      polls.filter((poll) => poll.sessionRef === sessionRef)
    )
  )

/** What storage must do for sessions of the app's SDK (contract sections 3 and 8). */
export const trackingSuite = (
  name: string,
  layer: Layer.Layer<Inbox | SessionRepository | PollTimetable, unknown>
) =>
  describe(`Tracking: ${name}`, () => {
    sharing(layer)((it) => {
      it.effect("tracks once: again by its owner it is the same, by anybody else it is taken", () =>
        Effect.gen(function* () {
          const { request, tracking } = yield* track()
          assert.strictEqual(tracking._tag, "Tracked")
          const { providerSessionId } = request.poll
          const again = yield* track({ userId: request.session.userId, providerSessionId })
          assert.deepStrictEqual(again.tracking, { _tag: "Known", session: request.session })
          const stranger = yield* track({ providerSessionId })
          assert.strictEqual(stranger.tracking._tag, "Taken")
          const otherProduct = yield* track({
            userId: request.session.userId,
            providerSessionId,
            product: "verifyage"
          })
          assert.strictEqual(otherProduct.tracking._tag, "Taken")
        })
      )

      it.effect("takes no id that identifies a hosted session, its owner's own included", () =>
        Effect.gen(function* () {
          const repository = yield* SessionRepository
          const request = aReservation()
          const token = unique("tok-")
          yield* repository.reserve(request)
          yield* repository.open(aSession(request), [identifier("token", token)])
          const own = yield* track({ userId: request.userId, providerSessionId: token })
          assert.strictEqual(own.tracking._tag, "Taken")
          const ref = yield* track({ providerSessionId: request.sessionRef })
          assert.strictEqual(ref.tracking._tag, "Taken")
        })
      )

      it.effect.each([
        ["unmatched", {}],
        ["ignored", { environment: "live" }],
        ["of an unknown type", { type: "verification.started" }]
      ] as const)("takes no id of an event that came before and is %s", ([, fields]) =>
        Effect.gen(function* () {
          const verificationId = unique("ver_")
          yield* admit({ ...fields, verificationId, product: "verifyhuman" })
          const { request, tracking } = yield* track({
            providerSessionId: verificationId,
            product: "verifyhuman"
          })
          assert.strictEqual(tracking._tag, "Taken")
          assert.isUndefined(yield* verdictOf(request.session.sessionRef))
        })
      )

      it.effect("takes no id of an event that was matched", () =>
        Effect.gen(function* () {
          const repository = yield* SessionRepository
          const request = aReservation()
          const [token, reference] = [unique("tok-"), unique("reference-")]
          yield* repository.reserve(request)
          yield* repository.open(aSession(request), [identifier("token", token)])
          yield* admit({ token, sessionId: reference })
          const { tracking } = yield* track({ providerSessionId: reference })
          assert.strictEqual(tracking._tag, "Taken")
        })
      )

      it.effect("counts tracked sessions to the limit of new ones", () =>
        Effect.gen(function* () {
          const userId = unique("user-")
          for (let i = 0; i < 5; i++) {
            assert.strictEqual((yield* track({ userId })).tracking._tag, "Tracked")
          }
          assert.strictEqual((yield* track({ userId })).tracking._tag, "Limited")
        })
      )

      it.effect("asks first after two seconds, one worker at a time, and no more once decided", () =>
        Effect.gen(function* () {
          const timetable = yield* PollTimetable
          const { request } = yield* track()
          const { createdAt, sessionRef } = request.session
          assert.lengthOf(yield* duePolls(sessionRef, createdAt + 1999), 0)
          const [poll] = yield* duePolls(sessionRef, createdAt + 2000)
          assert.deepInclude(poll, { attempts: 1, providerSessionId: request.poll.providerSessionId })
          assert.lengthOf(yield* duePolls(sessionRef, createdAt + 31_999), 0)
          const [taken] = yield* duePolls(sessionRef, createdAt + 32_000)
          if (poll !== undefined) yield* timetable.reschedule(poll, createdAt)
          assert.lengthOf(yield* duePolls(sessionRef, createdAt + 32_000), 0)
          if (taken !== undefined) yield* timetable.reschedule(taken, createdAt + 40_000)
          assert.lengthOf(yield* duePolls(sessionRef, createdAt + 40_000), 1)
          const inbox = yield* Inbox
          yield* inbox.admitAnswer(anAnswer(sessionRef, { outcome: "pass", providerStatus: "PASS" }))
          assert.lengthOf(yield* duePolls(sessionRef, createdAt + 900_000), 0)
        })
      )

      it.effect("takes an answer as an event of the inbox: once, and for its session", () =>
        Effect.gen(function* () {
          const inbox = yield* Inbox
          const { request } = yield* track()
          const { sessionRef } = request.session
          const review = anAnswer(sessionRef, { outcome: "review", providerStatus: "PENDING" })
          const first = yield* inbox.admitAnswer(review)
          assert.isFalse(first.duplicate)
          assert.deepStrictEqual(
            first.changed.map((change) => [change.sessionRef, change.verdict.reason]),
            [[sessionRef, "in_review"]]
          )
          assert.deepInclude(first.event, { source: "poll", state: "applied", scheme: null })
          const copy = yield* inbox.admitAnswer({ ...review, id: unique("ev_") })
          assert.deepInclude(copy, { duplicate: true, changed: [] })
          const verificationId = unique("ver_")
          const pass = anAnswer(sessionRef, { outcome: "pass", providerStatus: "PASS", verificationId })
          yield* inbox.admitAnswer(pass)
          assert.deepStrictEqual(yield* verdictOf(sessionRef), { status: "pass", reason: null } as never)
          const later = yield* admit({ verificationId, status: "FAIL" })
          assert.deepInclude(later.event, { state: "applied", sessionRef })
          assert.deepStrictEqual(yield* verdictOf(sessionRef), {
            status: "fail",
            reason: "declined"
          } as never)
        })
      )

      it.effect("gives no session the verdict of a verification that decided another", () =>
        Effect.gen(function* () {
          const inbox = yield* Inbox
          const repository = yield* SessionRepository
          const hosted = aReservation()
          const [token, verificationId] = [unique("tok-"), unique("ver_")]
          yield* repository.reserve(hosted)
          yield* repository.open(aSession(hosted), [identifier("token", token)])
          yield* admit({ token, verificationId })
          const { request } = yield* track()
          const { sessionRef } = request.session
          const stolen = anAnswer(sessionRef, { outcome: "pass", providerStatus: "PASS", verificationId })
          const admission = yield* inbox.admitAnswer(stolen)
          assert.deepInclude(admission.event, { state: "unmatched", why: "ambiguous" })
          assert.deepStrictEqual(yield* verdictOf(sessionRef), request.session.verdict)
        })
      )

      it.effect("matches webhooks that name the tracked session from then on", () =>
        Effect.gen(function* () {
          const { request } = yield* track()
          yield* admit({ sessionId: request.poll.providerSessionId })
          assert.deepStrictEqual(yield* verdictOf(request.session.sessionRef), {
            status: "pass",
            reason: null
          } as never)
        })
      )
    })
  })
