import { assert, describe, layer as sharing } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { adminToken, deliver, readToken, type Service, signed } from "../http/harness.js"
import { aDeadAction, attempted, delivered, everything, read, write } from "../http/operators.js"
import { aStartedSession, assertProblem, paths } from "../http/requests.js"
import { aBody, unique } from "./fixtures.js"

const isNewestFirst = (times: ReadonlyArray<string>) =>
  assert.deepStrictEqual(
    times,
    [...times].sort((a, b) => b.localeCompare(a))
  )

/** What operators read, over a real socket (contract section 9). */
export const operatorHttpSuite = (name: string, service: Service) => {
  const layer = Layer.fresh(service())

  describe(`what operators read: ${name}`, () => {
    sharing(layer, { excludeTestServices: true })((it) => {
      it.effect("lists events with what became of each, and without their bodies", () =>
        Effect.gen(function* () {
          const { sessionRef, token } = yield* aStartedSession
          const verificationId = unique("ver_")
          const event = yield* delivered({ token, verificationId, status: "PASS" })
          assert.match(event.id, /^ev_[A-Za-z0-9_-]{32}$/)
          assert.match(event.event_id, /^evt-/)
          assert.isFalse(Number.isNaN(Date.parse(event.received_at)))
          const { event_id, id, received_at, ...others } = event
          assert.deepStrictEqual(others, {
            source: "webhook",
            state: "applied",
            why: null,
            type: "verification.completed",
            environment: "test",
            product: "verifyidentity",
            outcome: "pass",
            provider_status: "PASS",
            provider_time: "2026-05-17T10:30:00Z",
            copies: 1,
            signature_scheme: "body",
            secret: 1,
            session_ref: sessionRef
          })
          const all = yield* read("events?limit=100")
          for (const secret of [token, verificationId, "whsec_"]) assert.notInclude(all.text, secret)
        })
      )

      it.effect.each([
        ["applied", null, (token: string) => ({ token })],
        ["superseded", null, (token: string) => ({ token, status: "PENDING" })],
        ["unmatched", "no_match", () => ({})],
        ["ignored", "wrong_environment", (token: string) => ({ token, environment: "live" })],
        ["ignored", "wrong_product", (token: string) => ({ token, product: "verifyhuman" })]
      ] as const)("lists events by state: %s, why %s", ([state, why, fields]) =>
        Effect.gen(function* () {
          const { token } = yield* aStartedSession
          if (state === "superseded") yield* delivered({ token })
          const event = yield* delivered(fields(token))
          assert.deepInclude(event, { state, why })
          const listed = yield* everything(`events?state=${state}`)
          assert.deepStrictEqual([...new Set(listed.map((item) => item.state))], [state])
          assert.deepInclude(listed, event)
        })
      )

      it.effect("lists newest first, page by page, each item once", () =>
        Effect.gen(function* () {
          const { action } = yield* aDeadAction
          yield* aDeadAction
          yield* write(`actions/${action.id}/redrive`)
          const event = yield* delivered({})
          yield* write(`events/${event.id}/replay`)
          yield* delivered({})
          for (const [path, time] of [
            ["events", "received_at"],
            ["events?state=unmatched", "received_at"],
            ["actions", "created_at"],
            ["audit", "at"]
          ] as const) {
            const paged = yield* everything(path, 1)
            assert.isAtLeast(paged.length, 2, path)
            assert.strictEqual(new Set(paged.map(({ id }) => id)).size, paged.length)
            isNewestFirst(paged.map((item) => item[time]))
            assert.deepStrictEqual(yield* everything(path), paged)
          }
        })
      )

      it.effect("answers 400 to a limit, cursor or state that is none, and names it", () =>
        Effect.gen(function* () {
          const wrong = ["limit=0", "limit=101", "limit=x", "limit=1.5", "limit=", "cursor=x", "cursor="]
          for (const list of ["events", "actions", "audit"]) {
            const states = list === "audit" ? [] : ["state=lost", "state=", "state=pending&state=dead"]
            for (const query of [...wrong, ...states]) {
              const answer = yield* read(`${list}?${query}`)
              assertProblem(answer, 400, "invalid_request")
              assert.deepStrictEqual(paths(answer), [query.split("=")[0]], `${list}?${query}`)
            }
          }
          assertProblem(yield* read("events?state=dead"), 400, "invalid_request")
          assertProblem(yield* read("actions?state=applied"), 400, "invalid_request")
        })
      )

      it.effect("tells a session's story in the order of time, without a secret", () =>
        Effect.gen(function* () {
          const { sessionRef, token } = yield* aStartedSession
          const verificationId = unique("ver_")
          yield* delivered({ token, verificationId, status: "PENDING" })
          yield* attempted(sessionRef, "delivered", ["failed", "delivered"])
          // What happens in the same millisecond is told by its kind.
          yield* Effect.sleep("5 millis")
          yield* delivered({ verificationId, status: "PASS" })
          const answer = yield* read(`sessions/${sessionRef}`)
          const { timeline, ...session } = answer.json
          assert.deepInclude(session, {
            session_ref: sessionRef,
            environment: "test",
            product: "verifyidentity",
            model: "hosted",
            reference: null,
            status: "pass",
            reason: null,
            provider_status: "PASS",
            sequence: 2,
            open: false,
            expired_at: null
          })
          assert.deepStrictEqual(
            timeline.map((moment: { kind: string; summary: string }) =>
              `${moment.kind}: ${moment.summary}`.replace(/\d+ ms/, "… ms")
            ),
            [
              "start: started, hosted",
              "call: VerifyHuman made its page, … ms after the start",
              "event: webhook PENDING, superseded",
              "verdict: pending, in_review",
              "action: verification.in_review, delivered",
              "attempt: attempt 1 failed",
              "attempt: attempt 2 delivered",
              "event: webhook PASS, applied",
              "verdict: pass",
              "action: verification.passed, pending"
            ]
          )
          isNewestFirst(timeline.map(({ at }: { at: string }) => at).reverse())
          for (const secret of [token, verificationId, adminToken, readToken, "whsec_", "hosted/v"]) {
            assert.notInclude(answer.text, secret)
          }
        })
      )

      it.effect("knows no other session", () =>
        Effect.gen(function* () {
          for (const ref of [unique("vs_"), "vs_", "x", "%00", "..%2f", "a%2fb"]) {
            const answer = yield* read(`sessions/${ref}`)
            assertProblem(answer, 404, "session_not_found")
          }
          for (const path of ["sessions/%ff", "sessions/%", "sessions/vs_x%f", "sessions/vs_x/"]) {
            assertProblem(yield* read(path), 404, "not_found")
          }
        })
      )

      it.effect("counts what is unmatched, rejected, pending and dead", () =>
        Effect.gen(function* () {
          const { json: before } = yield* read("overview")
          assert.deepStrictEqual(before.poller, { breaker: "closed", refused: [] })
          yield* delivered({})
          yield* delivered({})
          const body = aBody({})
          yield* deliver(body, signed(body, "whsec_third"))
          yield* aDeadAction
          const { token } = yield* aStartedSession
          yield* delivered({ token })
          const { json: after } = yield* read("overview")
          assert.deepStrictEqual(after, {
            ...before,
            unmatched_events: before.unmatched_events + 2,
            rejected_deliveries: before.rejected_deliveries + 1,
            dead_actions: before.dead_actions + 1,
            pending_actions: before.pending_actions + 1
          })
        })
      )
    })
  })
}
