import { assert, describe, layer as sharing } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { adminToken, ask, deliver, type Service, signed, status } from "../http/harness.js"
import {
  aDeadAction,
  attempted,
  delivered,
  everything,
  operator,
  read,
  timelineOf,
  write
} from "../http/operators.js"
import { aStartedSession, assertProblem, paths } from "../http/requests.js"
import { aBody, unique } from "./fixtures.js"

const actor = /^token [0-9a-f]{8}$/

/** A delivery that was signed six minutes ago: refused, and kept. */
const aStaleEvent = Effect.fnUntraced(function* (token: string) {
  const id = unique("evt-")
  const body = aBody({ id, token })
  const at = String(Math.floor(Date.now() / 1000) - 360)
  const headers = {
    ...signed(Buffer.concat([Buffer.from(`${at}.`), body])),
    "x-verifyhuman-timestamp": at
  }
  assertProblem(yield* deliver(body, headers), 401, "unauthenticated")
  return (yield* everything("events?state=ignored")).find(({ event_id }) => event_id === id)
})

const auditOf = (target: string) =>
  Effect.map(everything("audit"), (entries) => entries.filter((entry) => entry.target === target))

/** What operators change, over a real socket (contract section 9). */
export const operatorWritesSuite = (name: string, service: Service) => {
  const layer = Layer.fresh(service())

  describe(`what operators change: ${name}`, () => {
    sharing(layer, { excludeTestServices: true })((it) => {
      it.effect("links an unmatched event, which then decides the session", () =>
        Effect.gen(function* () {
          const { sessionRef, user } = yield* aStartedSession
          const event = yield* delivered({ status: "FAIL" })
          const linked = yield* write(`events/${event.id}/link`, { session_ref: sessionRef })
          assert.strictEqual(linked.status, 200, linked.text)
          assert.deepStrictEqual(linked.json, {
            ...event,
            state: "applied",
            why: null,
            session_ref: sessionRef
          })
          assert.deepInclude((yield* status(user, sessionRef)).json, { status: "fail", reason: "declined" })
          const [entry, ...others] = yield* auditOf(event.id)
          assert.deepStrictEqual(others, [])
          assert.deepInclude(entry, { action: "link", details: { session_ref: sessionRef } })
          assert.match(entry.actor, actor)
          assert.match(entry.address, /127\.0\.0\.1$/)
        })
      )

      it.effect("links nothing against the rules, says why, and audits nothing", () =>
        Effect.gen(function* () {
          const { sessionRef, token } = yield* aStartedSession
          const other = yield* aStartedSession
          const verificationId = unique("ver_")
          const applied = yield* delivered({ token, verificationId, status: "PENDING" })
          const unmatched = yield* delivered({})
          const link = (id: string, body: unknown) => write(`events/${id}/link`, body)
          for (const [event, why] of [
            [applied, "not unmatched"],
            [yield* delivered({ product: "verifyhuman" }), "another product"],
            [yield* delivered({ verificationId, token: other.token }), "another session"]
          ] as const) {
            const answer = yield* link(event.id, { session_ref: other.sessionRef })
            assertProblem(answer, 409, "event_not_linkable")
            assert.include(answer.json.detail, why)
            assert.deepStrictEqual(yield* auditOf(event.id), [])
          }
          for (const id of ["ev_none", "x", "%00", unique("ev_")]) {
            assertProblem(yield* link(id, { session_ref: sessionRef }), 404, "event_not_found")
          }
          for (const session_ref of ["vs_none", "", "\u0000", "x".repeat(500), unique("vs_")]) {
            assertProblem(yield* link(unmatched.id, { session_ref }), 404, "session_not_found")
          }
          for (const [body, at] of [
            [undefined, "session_ref"],
            [{}, "session_ref"],
            [{ session_ref: 1 }, "session_ref"],
            [{ session_ref: sessionRef, force: true }, "force"],
            ["{", ""]
          ] as const) {
            const answer = yield* link(unmatched.id, body)
            assertProblem(answer, 400, "invalid_request")
            assert.deepStrictEqual(paths(answer), [at])
          }
          assertProblem(yield* link(unmatched.id, " ".repeat(1025)), 413, "payload_too_large")
          const form = yield* ask(`/api/admin/events/${unmatched.id}/link`, {
            method: "POST",
            headers: { ...operator, "content-type": "text/plain" },
            body: JSON.stringify({ session_ref: sessionRef })
          })
          assertProblem(form, 415, "unsupported_media_type")
          assert.deepStrictEqual(yield* auditOf(unmatched.id), [])
          assert.deepInclude(yield* everything("events?state=unmatched"), unmatched)
        })
      )

      it.effect("replays an event that came too late, which then decides", () =>
        Effect.gen(function* () {
          const { sessionRef, token, user } = yield* aStartedSession
          const event = yield* aStaleEvent(token)
          assert.deepInclude(event, { state: "ignored", why: "stale", session_ref: sessionRef })
          assert.strictEqual((yield* status(user, sessionRef)).json.status, "pending")
          const replayed = yield* write(`events/${event.id}/replay`)
          assert.strictEqual(replayed.status, 200, replayed.text)
          assert.deepInclude(replayed.json, {
            id: event.id,
            state: "applied",
            why: null,
            session_ref: sessionRef
          })
          assert.strictEqual((yield* status(user, sessionRef)).json.status, "pass")
          const again = yield* write(`events/${event.id}/replay`)
          assert.deepStrictEqual([again.status, again.json], [200, replayed.json])
          const { sequence, timeline } = yield* timelineOf(sessionRef)
          assert.strictEqual(sequence, 1)
          assert.deepStrictEqual(
            timeline
              .filter(({ kind }: { kind: string }) => kind === "operator")
              .map(({ id, summary }: { id: string; summary: string }) => [
                id,
                summary.replace(/[0-9a-f]{8}/, "…")
              ]),
            [
              [event.id, "token … replayed the event"],
              [event.id, "token … replayed the event"]
            ]
          )
          const entries = yield* auditOf(event.id)
          assert.deepStrictEqual(
            entries.map(({ action }) => action),
            ["replay", "replay"]
          )
          assertProblem(yield* write("events/ev_none/replay"), 404, "event_not_found")
          assert.deepStrictEqual(yield* auditOf("ev_none"), [])
        })
      )

      it.effect("redrives a dead action, and none that is not dead", () =>
        Effect.gen(function* () {
          const { action, sessionRef } = yield* aDeadAction
          assert.deepInclude(action, { state: "dead", attempts: 1, type: "verification.passed", sequence: 1 })
          assert.isNull(action.next_attempt_at)
          assert.isNotNull(action.finished_at)
          const redriven = yield* write(`actions/${action.id}/redrive`)
          assert.strictEqual(redriven.status, 200, redriven.text)
          assert.deepInclude(redriven.json, { id: action.id, state: "pending", finished_at: null })
          assert.isFalse(Number.isNaN(Date.parse(redriven.json.next_attempt_at)))
          assertProblem(yield* write(`actions/${action.id}/redrive`), 409, "action_not_dead")
          assertProblem(yield* write("actions/ac_none/redrive"), 404, "action_not_found")
          assert.lengthOf(yield* auditOf(action.id), 1)
          yield* attempted(sessionRef, "delivered", ["delivered"])
          const [now] = (yield* everything("actions?state=delivered")).filter(({ id }) => id === action.id)
          assert.deepInclude(now, { state: "delivered", attempts: 2 })
        })
      )

      it.effect("audits every write with the token's fingerprint, never the token", () =>
        Effect.gen(function* () {
          const { sessionRef } = yield* aStartedSession
          const { action } = yield* aDeadAction
          const event = yield* delivered({})
          yield* write(`events/${event.id}/link`, { session_ref: sessionRef })
          yield* write(`events/${event.id}/replay`)
          yield* write(`actions/${action.id}/redrive`)
          const page = yield* read("audit?limit=3")
          assert.deepStrictEqual(
            page.json.items.map((entry: Record<string, unknown>) => [entry["action"], entry["target"]]),
            [
              ["redrive", action.id],
              ["replay", event.id],
              ["link", event.id]
            ]
          )
          for (const entry of page.json.items) {
            assert.sameMembers(Object.keys(entry), [
              "id",
              "at",
              "actor",
              "address",
              "action",
              "target",
              "details"
            ])
            assert.match(entry.actor, actor)
            assert.notInclude(page.text, adminToken)
          }
        })
      )
    })
  })
}
