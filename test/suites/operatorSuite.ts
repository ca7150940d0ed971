import { assert, describe, layer as sharing } from "@effect/vitest"
import { Effect, type Layer } from "effect"
import { outcomeTable } from "../../src/domain/Outcome.js"
import { readWebhookEvent } from "../../src/domain/WebhookEvent.js"
import { Records } from "../../src/operators/Records.js"
import { SessionRepository } from "../../src/sessions/SessionRepository.js"
import { Inbox } from "../../src/webhooks/Inbox.js"
import { aBody, aDelivery, admit, aHostedSession, anAudit, unique } from "./fixtures.js"

const read = (body: Uint8Array) => readWebhookEvent(body, outcomeTable())
const verdictOf = (sessionRef: string) =>
  Effect.flatMap(SessionRepository, (repository) =>
    Effect.map(repository.find(sessionRef), (session) => session?.verdict)
  )
const passed = { status: "pass", reason: null } as never

const link = (eventId: string, sessionRef: string) =>
  Effect.flatMap(Inbox, (inbox) => inbox.link(eventId, sessionRef, { ...anAudit("link"), target: eventId }))

const replay = (eventId: string, reading = read) =>
  Effect.flatMap(Inbox, (inbox) => inbox.replay(eventId, reading, { ...anAudit("replay"), target: eventId }))

const audited = (eventId: string) =>
  Effect.flatMap(Records, (records) =>
    Effect.map(
      records.audit(null, 1000),
      (entries) => entries.filter(({ target }) => target === eventId).length
    )
  )

/** Link and replay on any storage (contract sections 4, 6 and 9). */
export const operatorSuite = (
  name: string,
  layer: Layer.Layer<Inbox | SessionRepository | Records, unknown>
) =>
  describe(`An operator: ${name}`, () => {
    sharing(layer)((it) => {
      it.effect("links an unmatched event, which counts, binds, and sets others free", () =>
        Effect.gen(function* () {
          const { sessionRef } = yield* aHostedSession
          const verificationId = unique("ver_")
          const { event } = yield* admit({ verificationId, status: "PENDING" })
          const waiting = yield* admit({ verificationId, created: "2026-05-17T11:00:00Z" })
          assert.strictEqual(waiting.event.state, "unmatched")
          const admission = yield* link(event.id, sessionRef)
          assert.deepStrictEqual(
            admission.changed.map((change) => [change.sessionRef, change.verdict.status]),
            [
              [sessionRef, "pending"],
              [sessionRef, "pass"]
            ]
          )
          assert.deepStrictEqual(yield* verdictOf(sessionRef), passed)
          assert.strictEqual(yield* audited(event.id), 1)
        })
      )

      it.effect("links nothing against the rules, and audits no attempt", () =>
        Effect.gen(function* () {
          const { sessionRef, token } = yield* aHostedSession
          const other = yield* aHostedSession
          const verificationId = unique("ver_")
          const applied = yield* admit({ token, verificationId, status: "PENDING" })
          const product = yield* admit({ product: "verifyhuman" })
          const bound = yield* admit({ verificationId, token: other.token })
          assert.strictEqual(bound.event.why, "ambiguous")
          for (const [event, why] of [
            [applied.event, "not_unmatched"],
            [product.event, "wrong_product"],
            [bound.event, "verification_bound"]
          ] as const) {
            const error = yield* Effect.flip(link(event.id, other.sessionRef))
            assert.deepInclude({ ...error }, { _tag: "EventNotLinkable", why })
            assert.strictEqual(yield* audited(event.id), 0)
          }
          const { event } = yield* admit({})
          assert.strictEqual((yield* Effect.flip(link(event.id, "vs_none")))._tag, "SessionNotFound")
          assert.strictEqual((yield* Effect.flip(link("ev_none", sessionRef)))._tag, "EventNotFound")
          assert.strictEqual((yield* verdictOf(other.sessionRef))?.status, "pending")
        })
      )

      it.effect("replays an event that came too late", () =>
        Effect.gen(function* () {
          const { sessionRef, token } = yield* aHostedSession
          const { event } = yield* admit({ token }, { stale: true })
          assert.strictEqual((yield* verdictOf(sessionRef))?.status, "pending")
          const admission = yield* replay(event.id)
          assert.deepInclude(admission.event, { id: event.id, state: "applied", sessionRef })
          assert.deepStrictEqual(yield* verdictOf(sessionRef), passed)
          assert.strictEqual(yield* audited(event.id), 1)
        })
      )

      it.effect("replays as it is read today, and a second time without effect", () =>
        Effect.gen(function* () {
          const { sessionRef, token } = yield* aHostedSession
          const { event } = yield* admit({ token, status: "clear" })
          assert.strictEqual((yield* verdictOf(sessionRef))?.status, "fail")
          const today = outcomeTable(new Map([["clear", "pass"]]))
          const reading = (body: Uint8Array) => readWebhookEvent(body, today)
          const { changed } = yield* replay(event.id, reading)
          assert.deepStrictEqual(
            changed.map((change) => change.sessionRef),
            [sessionRef]
          )
          assert.deepStrictEqual(yield* verdictOf(sessionRef), passed)
          assert.deepStrictEqual((yield* replay(event.id, reading)).changed, [])
        })
      )

      it.effect("replays under the same rules", () =>
        Effect.gen(function* () {
          const inbox = yield* Inbox
          const { sessionRef, token } = yield* aHostedSession
          const live = yield* admit({ token, environment: "live" })
          assert.deepInclude((yield* replay(live.event.id)).event, {
            state: "ignored",
            why: "wrong_environment"
          })
          const unreadable = yield* inbox.admit(aDelivery(Buffer.from(unique("{"))))
          assert.strictEqual((yield* replay(unreadable.event.id)).event.state, "unreadable")
          assert.strictEqual((yield* Effect.flip(replay("ev_none")))._tag, "EventNotFound")
          assert.strictEqual((yield* verdictOf(sessionRef))?.status, "pending")
        })
      )

      it.effect("lists events by state, newest first, page by page", () =>
        Effect.gen(function* () {
          const inbox = yield* Inbox
          const ids = []
          for (const receivedAt of [9_000_000, 9_000_001, 9_000_001]) {
            const body = aBody({ type: "verification.started" })
            const { event } = yield* inbox.admit(aDelivery(body, { receivedAt }))
            ids.push(event.id)
          }
          const list = (before: { at: number; id: string } | null) =>
            Effect.map(inbox.list({ state: "ignored" }, { before, limit: 2 }), ({ items }) => items)
          const first = yield* list(null)
          const last = first.at(-1)
          const second = yield* list({ at: last?.receivedAt ?? 0, id: last?.id ?? "" })
          assert.sameMembers(
            [...first, ...second.slice(0, 1)].map(({ id }) => id),
            ids
          )
        })
      )
    })
  })
