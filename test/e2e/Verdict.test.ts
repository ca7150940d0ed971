import { assert, describe, layer as sharing } from "@effect/vitest"
import { Effect } from "effect"
import type { WireEntry } from "../../src/sandbox/Wire.js"
import { request } from "../sandbox/harness.js"
import { followWire } from "../sandbox/wireFeed.js"
import {
  aPhone,
  aStarted,
  complete,
  deliveriesOf,
  kept,
  Running,
  running,
  setBehaviour,
  tokenOf
} from "./inProcess.js"

const pass = { status: "pass", reason: null }
const declined = { status: "fail", reason: "declined" }
const providerError = { status: "fail", reason: "provider_error" }
const inReview = { status: "pending", reason: "in_review" }
const awaiting = { status: "pending", reason: "awaiting_result" }

describe("from start to verdict", () => {
  sharing(running(), { excludeTestServices: true })((it) => {
    it.scoped.each([
      ["pass", "", pass],
      ["fail", "", declined],
      ["refuse", "", declined],
      ["PENDING", "", inReview],
      ["ERROR", "", providerError],
      ["throttled", "", providerError],
      ["expired_document", "", declined],
      ["pass", "flat", pass],
      ["fail", "flat", declined],
      ["PENDING", "flat", inReview],
      ["pass", "timestamp", pass],
      ["fail", "flat,timestamp", declined],
      ["pass", "late=1", pass]
    ] as const)("%s, %s", ([outcome, behaviour, expected]) =>
      Effect.gen(function* () {
        const { sessionRef, status, token, verdict } = yield* aStarted
        assert.deepInclude((yield* status(sessionRef)).json, awaiting)
        yield* complete(token, outcome, behaviour)
        assert.deepStrictEqual(yield* verdict(sessionRef), expected)
      })
    )

    it.scoped("the same event three times counts once", () =>
      Effect.gen(function* () {
        const { sessionRef, status, token } = yield* aStarted
        const deliveries = yield* deliveriesOf(token)
        yield* complete(token, "pass", "duplicate=3")
        for (let copies = 0; copies < 3; copies++) assert.strictEqual((yield* deliveries.next).status, 200)
        const answer = yield* status(sessionRef)
        assert.deepInclude(answer.json, pass)
        assert.strictEqual(answer.headers.get("etag"), '"1"')
        assert.deepStrictEqual(yield* kept("session_ref", sessionRef), [
          { state: "applied", why: null, provider_status: "PASS", copies: 3 }
        ])
      })
    )

    it.scoped("an older review event after the verdict changes nothing", () =>
      Effect.gen(function* () {
        const { sessionRef, status, token } = yield* aStarted
        const deliveries = yield* deliveriesOf(token)
        yield* complete(token, "pass", "reorder")
        assert.deepStrictEqual([(yield* deliveries.next).status, (yield* deliveries.next).status], [200, 200])
        const answer = yield* status(sessionRef)
        assert.deepInclude(answer.json, pass)
        assert.strictEqual(answer.headers.get("etag"), '"1"')
        const events = yield* kept("session_ref", sessionRef)
        assert.deepStrictEqual(
          events.map(({ provider_status, state }) => [provider_status, state]),
          [
            ["PENDING", "superseded"],
            ["PASS", "applied"]
          ]
        )
      })
    )

    it.scoped.each([
      ["lost", null, null],
      ["wrong-secret", 401, null],
      ["wrong-environment", 200, { state: "ignored", why: "wrong_environment" }],
      ["wrong-product", 200, { state: "ignored", why: "wrong_product" }],
      ["no-reference", 200, { state: "unmatched", why: "no_match" }],
      ["wrong-session", 200, { state: "unmatched", why: "no_match" }]
    ] as const)("%s: it stays pending", ([behaviour, answered, expected]) =>
      Effect.gen(function* () {
        const { sessionRef, status, token } = yield* aStarted
        const deliveries = yield* deliveriesOf(token)
        yield* complete(token, "pass", behaviour)
        const sent: WireEntry = yield* deliveries.next
        assert.strictEqual(sent.status, answered)
        const answer = yield* status(sessionRef)
        assert.deepInclude(answer.json, awaiting)
        assert.strictEqual(answer.headers.get("etag"), '"0"')
        const eventId = (sent.body as { id: string } | null)?.id ?? ""
        const events = (yield* kept("event_id", eventId)).map(({ state, why }) => ({ state, why }))
        assert.deepStrictEqual(events, expected === null ? [] : [expected])
      })
    )

    it.scoped("each verdict reaches the team's backend as a signed action, again after it failed", () =>
      Effect.gen(function* () {
        const { sandboxUrl } = yield* Running
        const { sessionRef, token } = yield* aStarted
        const answer = (answer: string) =>
          request(`${sandboxUrl}/sandbox/actions`, { method: "PUT", body: JSON.stringify({ answer }) })
        const wire = yield* followWire(sandboxUrl)
        const next = wire.until(
          ({ body, to }) =>
            to === "backend" &&
            (body as { data: { session_ref: string } } | null)?.data.session_ref === sessionRef
        )
        yield* answer("500")
        yield* complete(token, "pass")
        const failed = yield* next
        yield* answer("ok")
        const taken = yield* next
        assert.deepStrictEqual([failed.status, taken.status], [500, 204])
        assert.strictEqual(taken.note, "verification.passed, signature good")
        assert.deepInclude((taken.body as { data: object }).data, { status: "pass", sequence: 1 })
        assert.deepStrictEqual(taken.body, failed.body)
      })
    )

    it.scoped("the way back carries the session and the result, and proves nothing", () =>
      Effect.gen(function* () {
        const { sessionRef, status, token } = yield* aStarted
        const back = new URL((yield* complete(token, "pass", "lost")).redirect_url)
        assert.strictEqual(back.pathname, "/demo/return")
        assert.deepStrictEqual(Object.fromEntries(back.searchParams), {
          session_ref: sessionRef,
          result: "pass"
        })
        assert.deepInclude((yield* status(sessionRef)).json, awaiting)
      })
    )

    it.scoped("the way back is the one that the phone asked for, for each result", () =>
      Effect.gen(function* () {
        const { url } = yield* Running
        const { start } = yield* aPhone
        const publicUrl = url.replace("127.0.0.1", "localhost")
        for (const [outcome, result] of [
          ["pass", "pass"],
          ["fail", "fail"],
          ["refuse", "fail"]
        ] as const) {
          const redirect_url = `${publicUrl}/demo/return?outcome=${outcome}&result=forged`
          const started = yield* start({ redirect_url, restart: true })
          assert.strictEqual(started.status, 201, started.text)
          const { redirect_url: back } = yield* complete(tokenOf(started), outcome)
          assert.strictEqual(
            back,
            `${publicUrl}/demo/return?outcome=${outcome}&session_ref=${started.json.session_ref}&result=${result}`
          )
        }
      })
    )
  })
})

const impatient = { VERIFYHUMAN_TIMEOUT: "1 second", VERIFYHUMAN_DEADLINE: "2 seconds" }

describe("a provider that fails", () => {
  sharing(running(impatient), { excludeTestServices: true })((it) => {
    it.scoped.each([
      ["401", 502, "provider_rejected", null],
      ["402", 503, "provider_out_of_credits", /^\d+$/],
      ["403", 502, "provider_rejected", null],
      ["429", 503, "provider_unavailable", /^1$/],
      ["500", 503, "provider_unavailable", /^\d+$/],
      ["cut", 503, "provider_unavailable", /^\d+$/],
      ["hang", 504, "provider_timeout", null],
      ["wrong-shape", 502, "provider_rejected", null]
    ] as const)(
      "%s: start says %i %s, and works as soon as the provider does",
      ([behaviour, status, code, retryAfter]) =>
        Effect.gen(function* () {
          const { start, verdict } = yield* aPhone
          yield* setBehaviour(behaviour)
          const failed = yield* start()
          assert.deepInclude({ status: failed.status, code: failed.json.code }, { status, code })
          assert.notMatch(failed.text, /vhk_|credits remaining|"error"/)
          if (retryAfter === null) assert.isNull(failed.headers.get("retry-after"))
          else assert.match(failed.headers.get("retry-after") ?? "", retryAfter)
          yield* setBehaviour("")
          const started = yield* start()
          assert.strictEqual(started.status, 201, started.text)
          yield* complete(tokenOf(started), "pass")
          assert.deepStrictEqual(yield* verdict(started.json.session_ref), pass)
        })
    )

    it.scoped.each(["500=1", "cut=1"])("%s: the service tries again by itself", (behaviour) =>
      Effect.gen(function* () {
        const { start } = yield* aPhone
        yield* setBehaviour(behaviour)
        assert.strictEqual((yield* start()).status, 201)
      })
    )
  })
})
