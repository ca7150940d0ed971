import { assert, describe, layer as sharing } from "@effect/vitest"
import { Effect, type Layer } from "effect"
import * as fc from "fast-check"
import { identifier } from "../../src/domain/Correlation.js"
import { SessionRepository } from "../../src/sessions/SessionRepository.js"
import { Inbox } from "../../src/webhooks/Inbox.js"
import { aBody, aDelivery, admit, aHostedSession, aReservation, aSession, unique } from "./fixtures.js"

const verdictOf = (sessionRef: string) =>
  Effect.flatMap(SessionRepository, (repository) =>
    Effect.map(repository.find(sessionRef), (session) => session?.verdict)
  )

const passed = { status: "pass", reason: null }
const declined = { status: "fail", reason: "declined" }
const awaiting = { status: "pending", reason: "awaiting_result" }

/** What every inbox must do (contract sections 4 to 6); `layer` is the one under test. */
export const inboxSuite = (name: string, layer: Layer.Layer<Inbox | SessionRepository, unknown>) =>
  describe(`Inbox: ${name}`, () => {
    sharing(layer)((it) => {
      it.effect("makes the verdict of the session that the token names, and closes it", () =>
        Effect.gen(function* () {
          const { sessionRef, token } = yield* aHostedSession
          const admission = yield* admit({ token })
          assert.isFalse(admission.duplicate)
          assert.deepStrictEqual(
            admission.changed.map((change) => change.sessionRef),
            [sessionRef]
          )
          assert.deepInclude(admission.event, { state: "applied", sessionRef })
          const session = yield* Effect.flatMap(SessionRepository, (repository) =>
            repository.find(sessionRef)
          )
          assert.deepInclude(session, { open: false, hostedUrl: null, sequence: 1, decidedAt: 2_000_000 })
          assert.deepStrictEqual(session?.verdict, passed as never)
        })
      )

      it.effect("keeps each event once, whatever else a copy says", () =>
        Effect.gen(function* () {
          const { sessionRef, token } = yield* aHostedSession
          const id = unique("evt-")
          const first = yield* admit({ id, token })
          const copy = yield* admit({ id, token, status: "FAIL", created: "2027-01-01T00:00:00Z" })
          assert.deepInclude(copy, { duplicate: true, changed: [] })
          assert.strictEqual(copy.event.id, first.event.id)
          assert.strictEqual(copy.event.copies, 2)
          assert.deepStrictEqual(yield* verdictOf(sessionRef), passed as never)
        })
      )

      it.effect("keeps an event that matches nothing, and matches it when the session appears", () =>
        Effect.gen(function* () {
          const repository = yield* SessionRepository
          const token = unique("tok-")
          const early = yield* admit({ token })
          assert.deepInclude(early.event, { state: "unmatched", why: "no_match" })
          const request = aReservation()
          yield* repository.reserve(request)
          yield* repository.open(aSession(request), [identifier("token", token)])
          assert.deepStrictEqual(yield* verdictOf(request.sessionRef), passed as never)
        })
      )

      it.effect("matches what waited for a verification_id once an event binds it", () =>
        Effect.gen(function* () {
          const { sessionRef, token } = yield* aHostedSession
          const verificationId = unique("ver_")
          const bare = yield* admit({ verificationId, status: "FAIL", created: "2026-05-17T11:00:00Z" })
          assert.strictEqual(bare.event.state, "unmatched")
          const binding = yield* admit({ verificationId, token, status: "PENDING" })
          assert.deepStrictEqual(
            binding.changed.map((change) => [change.sessionRef, change.sequence]),
            [
              [sessionRef, 1],
              [sessionRef, 2]
            ]
          )
          assert.deepStrictEqual(yield* verdictOf(sessionRef), declined as never)
          const later = yield* admit({ verificationId, created: "2026-05-17T12:00:00Z" })
          assert.deepInclude(later.event, { state: "applied", sessionRef })
          assert.deepStrictEqual(yield* verdictOf(sessionRef), passed as never)
        })
      )

      it.effect("matches nothing when the candidates point to two sessions", () =>
        Effect.gen(function* () {
          const one = yield* aHostedSession
          const two = yield* aHostedSession
          const verificationId = unique("ver_")
          yield* admit({ verificationId, token: one.token, status: "PENDING" })
          const torn = yield* admit({ verificationId, token: two.token })
          assert.deepInclude(torn.event, { state: "unmatched", why: "ambiguous", sessionRef: null })
          assert.deepStrictEqual(yield* verdictOf(two.sessionRef), awaiting as never)
        })
      )

      it.effect("lets an identifier that two sessions claim identify neither", () =>
        Effect.gen(function* () {
          const repository = yield* SessionRepository
          const constant = unique("account-")
          const refs = []
          for (let i = 0; i < 2; i++) {
            const request = aReservation()
            yield* repository.reserve(request)
            const found = [identifier("token", unique("tok-")), identifier("reference", constant)]
            assert.strictEqual((yield* repository.open(aSession(request), found))._tag, "Opened")
            refs.push(request.sessionRef)
          }
          const inbox = yield* Inbox
          const body = Buffer.from(
            JSON.stringify({
              event: "verification.completed",
              reference: constant,
              status: "PASS",
              product: "verifyidentity",
              environment: "test"
            })
          )
          const admission = yield* inbox.admit(aDelivery(body))
          assert.deepInclude(admission.event, { state: "unmatched", why: "ambiguous" })
          for (const ref of refs) assert.deepStrictEqual(yield* verdictOf(ref), awaiting as never)
        })
      )

      it.effect.each([
        ["wrong_environment", { environment: "live" }],
        ["wrong_product", { product: "verifyhuman" }],
        ["unknown_type", { type: "verification.started" }]
      ] as const)("keeps as ignored, and does not bind: %s", ([why, fields]) =>
        Effect.gen(function* () {
          const { sessionRef, token } = yield* aHostedSession
          const verificationId = unique("ver_")
          const admission = yield* admit({ ...fields, token, verificationId })
          assert.deepInclude(admission, { changed: [] })
          assert.deepInclude(admission.event, { state: "ignored", why })
          const bare = yield* admit({ verificationId })
          assert.strictEqual(bare.event.state, "unmatched")
          assert.deepStrictEqual(yield* verdictOf(sessionRef), awaiting as never)
        })
      )

      it.effect("keeps what it cannot read", () =>
        Effect.gen(function* () {
          const inbox = yield* Inbox
          const body = Buffer.from([0xff, 0xfe, ...Buffer.from(unique(""))])
          const admission = yield* inbox.admit(aDelivery(body))
          assert.strictEqual(admission.event.state, "unreadable")
          assert.isTrue((yield* inbox.admit(aDelivery(body))).duplicate)
        })
      )

      it.effect("takes a fresh copy of a stale event as new, and never the other way round", () =>
        Effect.gen(function* () {
          const { sessionRef, token } = yield* aHostedSession
          const id = unique("evt-")
          const stale = yield* admit({ id, token }, { stale: true })
          assert.deepInclude(stale.event, { state: "ignored", why: "stale" })
          assert.deepStrictEqual(yield* verdictOf(sessionRef), awaiting as never)
          const fresh = yield* admit({ id, token })
          assert.isFalse(fresh.duplicate)
          assert.lengthOf(fresh.changed, 1)
          assert.strictEqual(fresh.event.id, stale.event.id)
          assert.isTrue((yield* admit({ id, token }, { stale: true })).duplicate)
          assert.deepStrictEqual(yield* verdictOf(sessionRef), passed as never)
        })
      )

      it.effect("counts a late verdict for a session that was restarted", () =>
        Effect.gen(function* () {
          const repository = yield* SessionRepository
          const request = aReservation()
          const token = unique("tok-")
          yield* repository.reserve(request)
          yield* repository.open(aSession(request), [identifier("token", token)])
          const next = { ...request, sessionRef: aReservation().sessionRef, restart: true }
          yield* repository.reserve(next)
          yield* repository.open(aSession(next), [])
          yield* admit({ token })
          assert.deepStrictEqual(yield* verdictOf(request.sessionRef), passed as never)
          assert.deepStrictEqual(yield* verdictOf(next.sessionRef), awaiting as never)
        })
      )

      it.effect("gives the same verdict and the same event states in any order, with any copies", () =>
        Effect.gen(function* () {
          const inbox = yield* Inbox
          const repository = yield* SessionRepository
          const event = fc.record({
            id: fc.constantFrom("a", "b", "c", "d", "e"),
            status: fc.constantFrom("PASS", "FAIL", "ERROR", "PENDING", "nonsense"),
            micros: fc.integer({ min: 0, max: 3 })
          })
          const histories = fc
            .uniqueArray(event, { minLength: 1, maxLength: 5, selector: (e) => e.id })
            .chain((events) =>
              fc.tuple(
                fc.constant(events),
                fc
                  .shuffledSubarray([...events, ...events], { minLength: events.length })
                  .filter((order) => new Set(order).size === events.length)
              )
            )
          const play = Effect.fnUntraced(function* (
            events: ReadonlyArray<{ id: string; status: string; micros: number }>
          ) {
            const { sessionRef, token } = yield* aHostedSession
            const run = unique("")
            const states = new Map<string, string>()
            for (const { id, micros, status } of events) {
              const body = aBody({
                id: `${run}-${id}`,
                status,
                token,
                verificationId: `${run}-${id}`,
                created: `2026-05-17T10:30:00.00000${micros}Z`
              })
              yield* inbox.admit(aDelivery(body))
            }
            for (const { id } of events) {
              const body = aBody({ id: `${run}-${id}` })
              states.set(id, (yield* inbox.admit(aDelivery(body))).event.state)
            }
            const session = yield* repository.find(sessionRef)
            return {
              verdict: session?.verdict,
              providerStatus: session?.verdict.status === "pending" ? null : session?.verdict.status,
              states: [...states].sort()
            }
          })
          for (const [events, order] of fc.sample(histories, 60)) {
            const straight = yield* play(events)
            const shuffled = yield* play(order)
            const decidedAlike = { ...shuffled, states: [] }
            assert.deepStrictEqual(decidedAlike, { ...straight, states: [] })
            assert.deepStrictEqual(
              shuffled.states.filter(([, state]) => state === "applied").length,
              straight.states.filter(([, state]) => state === "applied").length
            )
          }
        })
      )
    })
  })
