import { assert, describe, layer as sharing } from "@effect/vitest"
import { Effect, Layer } from "effect"
import {
  ask,
  aUser,
  deliver,
  Provider,
  type Service,
  signed,
  start,
  webhookSecrets
} from "../http/harness.js"
import { delivered, everything, operator, read, reader, write } from "../http/operators.js"
import { aStartedSession, assertProblem, paths } from "../http/requests.js"
import { aBody, unique } from "./fixtures.js"

const refs = (sessions: ReadonlyArray<{ readonly session_ref: string }>) =>
  sessions.map(({ session_ref }) => session_ref)

const startedBy = Effect.fnUntraced(function* (sub: string, body?: unknown) {
  const answer = yield* start(yield* aUser({ sub }), body)
  assert.strictEqual(answer.status, 201, answer.text)
  const token = yield* Effect.map(Provider, ({ tokens }) => tokens.at(-1) ?? "")
  return { sessionRef: answer.json.session_ref as string, token }
})

/** How operators find what they look for, over a real socket (contract section 9). */
export const operatorListsSuite = (name: string, service: Service) =>
  describe(`how operators find things: ${name}`, () => {
    sharing(Layer.fresh(service()), { excludeTestServices: true })((it) => {
      it.effect("finds sessions by user, status, reason and product, newest first", () =>
        Effect.gen(function* () {
          const user = unique("user ä/&;")
          const first = yield* startedBy(user)
          const second = yield* startedBy(user, { product: "verifyage" })
          yield* startedBy(unique("user-"))
          yield* delivered({ token: first.token })
          const find = (filter: string) =>
            Effect.map(everything(`sessions?user_id=${encodeURIComponent(user)}${filter}`), refs)
          assert.deepStrictEqual(yield* find(""), [second.sessionRef, first.sessionRef])
          assert.deepStrictEqual(yield* find("&status=pass"), [first.sessionRef])
          assert.deepStrictEqual(yield* find("&status=pending&reason=awaiting_result"), [second.sessionRef])
          assert.deepStrictEqual(yield* find("&product=verifyage"), [second.sessionRef])
          assert.deepStrictEqual(yield* find("&product=verifyage&status=pass"), [])
          assert.deepStrictEqual(yield* find("&environment=live"), [])
          assert.lengthOf(yield* find("&environment=test"), 2)
          assert.include(refs(yield* everything("sessions?status=pass")), first.sessionRef)
          const [session] = yield* everything(`sessions?user_id=${encodeURIComponent(user)}&status=pass`)
          const { timeline, ...story } = (yield* read(`sessions/${first.sessionRef}`)).json
          assert.isNotEmpty(timeline)
          assert.deepStrictEqual(session, story)
        })
      )

      it.effect("lists all sessions page by page, each once, in the order of their starts", () =>
        Effect.gen(function* () {
          const made: Array<string> = []
          for (let i = 0; i < 3; i++) made.push((yield* aStartedSession).sessionRef)
          const all = refs(yield* everything("sessions"))
          assert.deepStrictEqual(refs(yield* everything("sessions", 1)), all)
          assert.deepStrictEqual(refs(yield* everything("sessions?status=pending", 2)).slice(0, 3), [
            ...made.reverse()
          ])
          assert.deepStrictEqual(
            all,
            [...all].sort((a, b) => (a < b ? 1 : -1))
          )
        })
      )

      it.effect("finds the session that a verification_id decided, and no other", () =>
        Effect.gen(function* () {
          const { sessionRef, token } = yield* aStartedSession
          const verificationId = unique("ver_")
          yield* delivered({ token, verificationId })
          const find = (id: string, filter = "") => everything(`sessions?verification_id=${id}${filter}`)
          assert.deepStrictEqual(refs(yield* find(verificationId)), [sessionRef])
          assert.deepStrictEqual(yield* find(verificationId, "&status=fail"), [])
          assert.deepStrictEqual(yield* find(unique("ver_")), [])
        })
      )

      it.effect("finds by time: from one on, and before another", () =>
        Effect.gen(function* () {
          const { sessionRef } = yield* aStartedSession
          const event = yield* delivered({})
          const from = new Date(Date.parse(event.received_at)).toISOString()
          const later = new Date(Date.now() + 60_000).toISOString()
          const ids = (query: string) =>
            Effect.map(everything(`events?${query}`), (events) => events.map(({ id }) => id))
          assert.include(yield* ids(`from=${from}`), event.id)
          assert.notInclude(yield* ids(`to=${from}`), event.id)
          assert.deepStrictEqual(yield* ids(`from=${later}`), [])
          assert.include(refs(yield* everything(`sessions?to=${later}`)), sessionRef)
          assert.deepStrictEqual(yield* everything(`sessions?from=${later}`), [])
          assert.notInclude(refs(yield* everything("sessions?to=2020-01-01T00:00:00Z")), sessionRef)
          assert.deepStrictEqual(yield* everything(`actions?from=${later}`), [])
        })
      )

      it.effect("finds events by what they say of product and environment", () =>
        Effect.gen(function* () {
          const { token } = yield* aStartedSession
          const live = yield* delivered({ token, environment: "live" })
          const other = yield* delivered({ token, product: "verifyhuman" })
          const ids = (query: string) =>
            Effect.map(everything(`events?${query}`), (events) => events.map(({ id }) => id))
          assert.include(yield* ids("environment=live"), live.id)
          assert.notInclude(yield* ids("environment=live"), other.id)
          assert.include(yield* ids("product=verifyhuman&state=ignored"), other.id)
          assert.deepStrictEqual(yield* ids("product=verifyhuman&environment=live"), [])
        })
      )

      it.effect("answers 400 to a filter that is none, and names it", () =>
        Effect.gen(function* () {
          for (const query of [
            "sessions?status=lost",
            "sessions?product=verifynobody",
            "sessions?environment=prod",
            "sessions?from=yesterday",
            "sessions?cursor=x",
            "sessions?limit=0",
            "sessions?user_id=%00",
            "sessions?reason=%00",
            "events?product=%00",
            "events?environment=%00",
            "events?to=x",
            "actions?from=",
            "actions?from=1",
            "sessions?to=2026-05-17T10:30"
          ]) {
            const answer = yield* read(query)
            assertProblem(answer, 400, "invalid_request")
            assert.deepStrictEqual(paths(answer), [query.split("?")[1]?.split("=")[0]], query)
          }
        })
      )

      it.effect("shows the references that an event carries, tokens by name alone", () =>
        Effect.gen(function* () {
          const verificationId = unique("ver_")
          const token = unique("tok-")
          const event = yield* delivered({ token, verificationId })
          const answer = yield* read(`events/${event.id}`)
          assert.deepStrictEqual(answer.json, {
            ...event,
            carries: [
              { name: "data.token", value: null },
              { name: "data.verification_id", value: verificationId }
            ]
          })
          assert.notInclude(answer.text, token)
          for (const id of ["ev_none", "x", "%00"]) {
            assertProblem(yield* read(`events/${id}`), 404, "event_not_found")
          }
        })
      )

      it.effect("tells of rejected deliveries why, and neither body nor signature", () =>
        Effect.gen(function* () {
          const body = aBody({ verificationId: unique("ver_") })
          const headers = signed(body, webhookSecrets[0].slice("whsec_".length))
          assertProblem(yield* deliver(body, headers), 401, "unauthenticated")
          const answer = yield* read("rejected-deliveries")
          const { at, ...latest } = answer.json.items[0]
          assert.isFalse(Number.isNaN(Date.parse(at)))
          assert.deepStrictEqual(latest, {
            reason: "wrong",
            bytes: body.length,
            diagnosis: [
              "secret 1 without its whsec_ prefix, over the body as received, with scheme body, would match"
            ]
          })
          assert.isNull(answer.json.next_cursor)
          for (const secret of [headers["x-verifyhuman-signature"].slice(7), "ver_", ...webhookSecrets]) {
            assert.notInclude(answer.text, secret)
          }
        })
      )

      it.effect("forgets a user, once and audited, without naming them", () =>
        Effect.gen(function* () {
          const user = unique("user ä/&;").padEnd(255, "ä")
          const { sessionRef } = yield* startedBy(user)
          const erase = (headers: Record<string, string>) =>
            ask(`/api/admin/users/${encodeURIComponent(user)}`, { method: "DELETE", headers })
          assertProblem(yield* erase(reader), 403, "forbidden")
          assert.strictEqual((yield* read(`sessions/${sessionRef}`)).status, 200)
          assert.deepStrictEqual((yield* erase(operator)).json, { sessions: 1 })
          assertProblem(yield* read(`sessions/${sessionRef}`), 404, "session_not_found")
          assert.deepStrictEqual((yield* erase(operator)).json, { sessions: 0 })
          const audit = yield* read("audit")
          assert.deepInclude(audit.json.items[1], {
            action: "erase_user",
            target: null,
            details: { sessions: 1 }
          })
          assert.notInclude(audit.text, user)
          assertProblem(yield* write("users/"), 404, "not_found")
        })
      )

      it.effect("counts in the metrics what came", () =>
        Effect.gen(function* () {
          const metrics = Effect.map(ask("/metrics", { headers: reader }), (answer) => {
            assert.strictEqual(answer.status, 200, answer.text)
            assert.strictEqual(answer.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8")
            return (series: string) =>
              Number(
                answer.text
                  .split("\n")
                  .find((line) => line.startsWith(`${series} `))
                  ?.split(" ")[1] ?? 0
              )
          })
          const then = yield* metrics
          const { token } = yield* aStartedSession
          yield* delivered({ token })
          yield* deliver(aBody({ token }), signed("another body"))
          const now = yield* metrics
          for (const [series, more] of [
            ['dropin_starts_total{result="created"}', 1],
            ['dropin_deliveries_total{result="applied"}', 1],
            ['dropin_deliveries_total{result="rejected"}', 1],
            ['dropin_problems_total{code="unauthenticated"}', 1],
            ['dropin_verdicts_total{source="webhook",status="pass"}', 1],
            ["dropin_verdict_delay_seconds_count", 1],
            ["dropin_start_seconds_count", 1]
          ] as const) {
            assert.strictEqual(now(series) - then(series), more, series)
          }
          assert.isAbove(now('dropin_actions{state="pending"}'), 0)
          assert.isAbove(now("dropin_resident_memory_bytes"), 1e6)
        })
      )
    })
  })
