import { assert, describe, it, layer as sharing } from "@effect/vitest"
import { Deferred, Effect, Layer } from "effect"
import { SignJWT } from "jose"
import {
  ProviderOutOfCredits,
  ProviderRejected,
  ProviderTimeout,
  ProviderUnavailable
} from "../../src/verifyhuman/VerifyHumanError.js"
import {
  ask,
  aToken,
  aUser,
  deliver,
  jwtSecret,
  type Overrides,
  Provider,
  type Service,
  serviceKey,
  start,
  status
} from "../http/harness.js"
import { aStartedSession, asService, assertProblem, chunked, paths } from "../http/requests.js"
import { aBody, aRef, unique } from "./fixtures.js"

/** The contract's section 3 over a real socket: a test for each row of its tables. */
export const phoneSuite = (name: string, service: Service) => {
  const layer = Layer.fresh(service())
  const withService = <A, E>(
    overrides: Overrides,
    test: Effect.Effect<A, E, Layer.Layer.Success<ReturnType<typeof service>>>
  ) => Effect.provide(test, service(overrides))

  describe(`the phone: ${name}`, () => {
    sharing(layer, { excludeTestServices: true })((it) => {
      it.effect("starts: 201 with exactly four fields", () =>
        Effect.gen(function* () {
          const { started } = yield* aStartedSession
          assert.sameMembers(Object.keys(started.json), [
            "session_ref",
            "hosted_verification_url",
            "status",
            "expires_at"
          ])
          assert.match(started.json.session_ref, /^vs_[A-Za-z0-9_-]{32}$/)
          assert.match(started.json.hosted_verification_url, /^https:\/\/app\.verifyhuman\.io\/hosted\/v\//)
          assert.strictEqual(started.json.status, "pending")
          assert.isFalse(Number.isNaN(Date.parse(started.json.expires_at)))
          assert.strictEqual(started.headers.get("cache-control"), "no-store")
        })
      )

      it.effect("resumes the equal open session with 200, and restarts with 201", () =>
        Effect.gen(function* () {
          const { sessionRef, started, user } = yield* aStartedSession
          const resumed = yield* start(user, {})
          assert.strictEqual(resumed.status, 200)
          assert.deepStrictEqual(resumed.json, started.json)
          const other = yield* start(user, { product: "verifyage" })
          assert.strictEqual(other.status, 201)
          const restarted = yield* start(user, { restart: true })
          assert.strictEqual(restarted.status, 201)
          assert.notStrictEqual(restarted.json.session_ref, sessionRef)
          assert.strictEqual((yield* start(user)).json.session_ref, restarted.json.session_ref)
        })
      )

      it.effect("makes one provider session of many equal starts at once", () =>
        withService(
          {},
          Effect.gen(function* () {
            const provider = yield* Provider
            const gate = yield* Deferred.make<void>()
            provider.next = Deferred.await(gate)
            const user = yield* aUser()
            const many = yield* Effect.fork(
              Effect.all(
                Array.from({ length: 10 }, () => start(user)),
                { concurrency: "unbounded" }
              )
            )
            yield* Effect.sleep("1 second")
            yield* Deferred.succeed(gate, undefined)
            const answers = yield* many
            assert.strictEqual(provider.calls.length, 1)
            assert.strictEqual(new Set(answers.map((answer) => answer.json.session_ref)).size, 1)
            assert.deepStrictEqual(answers.map((answer) => answer.status).sort(), [
              ...Array(9).fill(200),
              201
            ])
          })
        )
      )

      it.effect("shares the failure of the first of many equal starts", () =>
        withService(
          {},
          Effect.gen(function* () {
            const provider = yield* Provider
            const gate = yield* Deferred.make<void>()
            provider.next = Effect.zipRight(Deferred.await(gate), Effect.fail(new ProviderOutOfCredits()))
            const user = yield* aUser()
            const many = yield* Effect.fork(
              Effect.all(
                Array.from({ length: 5 }, () => start(user)),
                { concurrency: "unbounded" }
              )
            )
            yield* Effect.sleep("1 second")
            yield* Deferred.succeed(gate, undefined)
            for (const answer of yield* many) assertProblem(answer, 503, "provider_out_of_credits")
            assert.strictEqual(provider.calls.length, 1)
            provider.next = Effect.void
            assert.strictEqual((yield* start(user)).status, 201)
          })
        )
      )

      it.effect("replays the first success under an idempotency key, quoted or bare", () =>
        Effect.gen(function* () {
          const user = yield* aUser()
          const key = unique("key-")
          const first = yield* start({ ...user, "idempotency-key": key }, { restart: true })
          const replay = yield* start({ ...user, "idempotency-key": `"${key}"` }, { restart: true })
          assert.strictEqual(first.status, 201)
          assert.strictEqual(replay.status, 201)
          assert.deepStrictEqual(replay.json, first.json)
          assertProblem(yield* start({ ...user, "idempotency-key": key }), 422, "idempotency_key_reused")
          const stranger = yield* start({ ...(yield* aUser()), "idempotency-key": key })
          assert.strictEqual(stranger.status, 201)
          yield* deliver(aBody({ token: (yield* Provider).tokens.at(-2) ?? "" }))
          const afterwards = yield* start({ ...user, "idempotency-key": key }, { restart: true })
          assert.deepStrictEqual(afterwards.json, { ...first.json, hosted_verification_url: null })
        })
      )

      it.effect.each(["", '"', "a b", "x".repeat(256), "naïve"])("refuses the idempotency key %j", (key) =>
        Effect.gen(function* () {
          const user = yield* aUser()
          const headers = { ...user, "idempotency-key": Buffer.from(key).toString("latin1") }
          const answer = yield* start(headers)
          assertProblem(answer, 400, "invalid_request")
          assert.deepStrictEqual(paths(answer), ["Idempotency-Key"])
        })
      )

      it.effect("sets session_ref and result on the redirects it sends", () =>
        withService(
          {},
          Effect.gen(function* () {
            const user = yield* aUser()
            const started = yield* start(user, { redirect_url: "https://app.example/done/x?result=no&a=1" })
            const [call] = (yield* Provider).calls as Array<{
              redirectUrl: string
              failureRedirectUrl: string
            }>
            const ref = started.json.session_ref
            const redirect = new URL(call?.redirectUrl ?? "")
            assert.deepStrictEqual(Object.fromEntries(redirect.searchParams), {
              a: "1",
              session_ref: ref,
              result: "pass"
            })
            assert.strictEqual(new URL(call?.failureRedirectUrl ?? "").searchParams.get("result"), "fail")
          })
        )
      )

      it.effect("limits new sessions of a user: 429 with Retry-After", () =>
        Effect.gen(function* () {
          const user = yield* aUser()
          for (let i = 0; i < 5; i++) assert.strictEqual((yield* start(user, { restart: true })).status, 201)
          const limited = yield* start(user, { restart: true })
          assertProblem(limited, 429, "rate_limited")
          assert.isAbove(Number(limited.headers.get("retry-after")), 3000)
          assert.strictEqual((yield* start(user)).status, 200)
        })
      )

      it.effect("answers a session in review with 409 and its session_ref, unless restarted", () =>
        Effect.gen(function* () {
          const { sessionRef, token, user } = yield* aStartedSession
          yield* deliver(aBody({ token, status: "PENDING" }))
          const answer = yield* start(user)
          assertProblem(answer, 409, "in_review")
          assert.strictEqual(answer.json.session_ref, sessionRef)
          assert.strictEqual((yield* start(user, { restart: true })).status, 201)
        })
      )

      it.effect.each([
        [502, "provider_rejected", new ProviderRejected({ why: "key_not_accepted", status: 401 })],
        [503, "provider_out_of_credits", new ProviderOutOfCredits()],
        [503, "provider_unavailable", new ProviderUnavailable({ retryAfterMillis: null })],
        [504, "provider_timeout", new ProviderTimeout()]
      ] as const)(
        "answers %i %s, stores nothing, and starts once the provider is back",
        ([code, name, error]) =>
          withService(
            {},
            Effect.gen(function* () {
              const provider = yield* Provider
              const user = yield* aUser()
              provider.next = Effect.fail(error)
              assertProblem(yield* start(user), code, name)
              assert.deepStrictEqual((yield* ask("/api/verifications", { headers: user })).json.items, [])
              provider.next = Effect.void
              assert.strictEqual((yield* start(user)).status, 201)
            })
          )
      )

      it.effect.each([
        [{ product: "verifynothing" }, ["product"]],
        [{ product: "verifyhuman" }, ["product"]],
        [{ redirect_url: "https://evil.example/" }, ["redirect_url"]],
        [{ redirect_url: "https://app.example.evil.example/done" }, ["redirect_url"]],
        [{ failure_redirect_url: "javascript:alert(1)" }, ["failure_redirect_url"]],
        [{ restart: "yes" }, ["restart"]],
        [{ reference: "mine" }, ["reference"]],
        [{ page_title: "mine" }, ["page_title"]],
        [{ unknown: 1, product: 5 }, ["unknown", "product"]],
        [[], [""]],
        [null, [""]],
        ["text", [""]]
      ] as const)("refuses the body %j by its paths, without its values", ([body, expected]) =>
        Effect.gen(function* () {
          const answer = yield* start(yield* aUser(), JSON.stringify(body))
          assertProblem(answer, 400, "invalid_request")
          assert.sameMembers(paths(answer), [...expected])
          assert.notInclude(answer.text, "evil")
          assert.notInclude(answer.text, "verifynothing")
        })
      )

      it.effect("refuses what is not JSON, not UTF-8, not declared as JSON, or too large", () =>
        Effect.gen(function* () {
          const user = yield* aUser()
          assertProblem(yield* start(user, '{"product":'), 400, "invalid_request")
          const latin1 = {
            method: "POST",
            headers: { ...user, "content-type": "application/json" },
            body: new Uint8Array([0x22, 0xff, 0x22])
          }
          assertProblem(yield* ask("/api/start-verification", latin1), 400, "invalid_request")
          assertProblem(
            yield* start({ ...user, "content-type": "text/plain" }, "{}"),
            415,
            "unsupported_media_type"
          )
          assertProblem(yield* start(user, `"${"x".repeat(16 * 1024)}"`), 413, "payload_too_large")
          assert.strictEqual(yield* chunked("/api/start-verification", 40_000, user), 413)
          assert.strictEqual((yield* start(user)).status, 201)
        })
      )

      it.effect("lets the team's own backend act for a user, with texts and a reference", () =>
        Effect.gen(function* () {
          const userId = unique("user-")
          const body = { expires_in_hours: 2, page_title: "Hello", reference: "order-1" }
          const started = yield* start(asService(userId), body)
          assert.strictEqual(started.status, 201, started.text)
          assert.strictEqual((yield* start(asService(userId), body)).status, 200)
          assert.strictEqual((yield* start(asService(userId), { ...body, reference: "order-2" })).status, 201)
          const user = { authorization: `Bearer ${yield* Effect.promise(() => aToken({ sub: userId }))}` }
          assert.strictEqual((yield* status(user, started.json.session_ref)).status, 200)
          const unnamed = yield* start({ authorization: `Bearer ${serviceKey}` })
          assertProblem(unnamed, 400, "invalid_request")
          assert.deepStrictEqual(paths(unnamed), ["X-User-Id"])
          assertProblem(yield* start(asService(userId), { expires_in_hours: 73 }), 400, "invalid_request")
          assertProblem(
            yield* start(asService(userId), { page_title: "x".repeat(201) }),
            400,
            "invalid_request"
          )
          const calls = yield* Effect.map(Provider, (provider) => provider.calls.length)
          for (const reference of ["\u0000", "a\u001b[31m", "\u009b31m", "\ud800"]) {
            const answer = yield* start(asService(userId), { reference, restart: true })
            assertProblem(answer, 400, "invalid_request")
            assert.deepStrictEqual(paths(answer), ["reference"])
          }
          assert.strictEqual(yield* Effect.map(Provider, (provider) => provider.calls.length), calls)
        })
      )

      it.effect("answers every bad credential with the same 401", () =>
        Effect.gen(function* () {
          const key = new TextEncoder().encode(jwtSecret)
          const sign = (claims: Record<string, unknown>, alg = "HS256", secret = key) =>
            new SignJWT(claims).setProtectedHeader({ alg }).sign(secret)
          const now = Math.floor(Date.now() / 1000)
          const longKey = new TextEncoder().encode(jwtSecret.repeat(3))
          const tokens = yield* Effect.promise(() =>
            Promise.all([
              sign({ sub: "u" }),
              sign({ sub: "u", exp: now - 60 }),
              sign({ sub: "u", exp: now + 60, nbf: now + 50 }),
              sign({ sub: "", exp: now + 60 }),
              sign({ exp: now + 60 }),
              sign({ sub: 7, exp: now + 60 }),
              sign({ sub: "a\u0000b", exp: now + 60 }),
              sign({ sub: "u", exp: now + 60 }, "HS512", longKey),
              sign({ sub: "u", exp: now + 60 }, "HS256", longKey)
            ])
          )
          const good = yield* Effect.promise(() => aToken())
          const unsigned = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${good.split(".")[1]}.`
          const credentials = [
            undefined,
            "",
            "Bearer",
            "Bearer ",
            `Basic ${good}`,
            good,
            `Bearer ${good} ${good}`,
            `Bearer ${good.slice(0, -2)}`,
            `Bearer ${unsigned}`,
            "Bearer a.b.c",
            ...tokens.map((token) => `Bearer ${token}`)
          ]
          const bodies = new Set<string>()
          for (const authorization of credentials) {
            const answer = yield* ask(
              "/api/verifications",
              authorization === undefined ? {} : { headers: { authorization } }
            )
            assertProblem(answer, 401, "unauthenticated")
            assert.strictEqual(answer.headers.get("www-authenticate"), "Bearer")
            bodies.add(answer.text)
          }
          assert.strictEqual(bodies.size, 1)
          const lower = yield* ask("/api/verifications", { headers: { authorization: `bearer ${good}` } })
          assert.strictEqual(lower.status, 200)
        })
      )

      it.effect("tells the status, with ETag, 304 and Retry-After", () =>
        Effect.gen(function* () {
          const { sessionRef, token, user } = yield* aStartedSession
          const pending = yield* status(user, sessionRef)
          assert.strictEqual(pending.status, 200)
          assert.sameMembers(Object.keys(pending.json), [
            "session_ref",
            "status",
            "reason",
            "can_retry",
            "expires_at",
            "updated_at"
          ])
          assert.deepInclude(pending.json, { status: "pending", reason: "awaiting_result", can_retry: false })
          assert.strictEqual(pending.headers.get("retry-after"), "1")
          const etag = pending.headers.get("etag") ?? ""
          for (const known of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
            const same = yield* status({ ...user, "if-none-match": known }, sessionRef)
            assert.deepInclude({ status: same.status, text: same.text }, { status: 304, text: "" })
            assert.strictEqual(same.headers.get("etag"), etag)
          }
          yield* deliver(aBody({ token, status: "PENDING" }))
          const review = yield* status({ ...user, "if-none-match": etag }, sessionRef)
          assert.deepInclude(review.json, { status: "pending", reason: "in_review" })
          assert.strictEqual(review.headers.get("retry-after"), "15")
          yield* deliver(aBody({ token, status: "FAIL" }))
          const failed = yield* status(user, sessionRef)
          assert.deepInclude(failed.json, { status: "fail", reason: "declined", can_retry: true })
          assert.isNull(failed.headers.get("retry-after"))
          yield* deliver(aBody({ token, status: "PASS", created: "2026-05-18T00:00:00Z" }))
          assert.deepInclude((yield* status(user, sessionRef)).json, {
            status: "pass",
            reason: null,
            can_retry: false
          })
        })
      )

      it.effect("shows a session to its own user only", () =>
        Effect.gen(function* () {
          const { sessionRef } = yield* aStartedSession
          const stranger = yield* aUser()
          for (const ref of [sessionRef, aRef(), "vs_", "x", "%00", "vs_%ff", "'; --"]) {
            assertProblem(yield* status(stranger, ref), 404, "session_not_found")
            assertProblem(
              yield* ask(`/api/verify-status/stream?session_ref=${ref}`, { headers: stranger }),
              404,
              "session_not_found"
            )
          }
        })
      )

      it.effect("needs exactly one session_ref", () =>
        Effect.gen(function* () {
          const user = yield* aUser()
          for (const query of ["", "?session_ref=a&session_ref=b"]) {
            const answer = yield* ask(`/api/verify-status${query}`, { headers: user })
            assertProblem(answer, 400, "invalid_request")
            assert.deepStrictEqual(paths(answer), ["session_ref"])
          }
        })
      )

      it.effect("holds the answer while the phone prefers to wait", () =>
        Effect.gen(function* () {
          const { sessionRef, token, user } = yield* aStartedSession
          const short = yield* status({ ...user, prefer: "wait=1" }, sessionRef)
          assert.strictEqual(short.json.status, "pending")
          assert.strictEqual(short.headers.get("preference-applied"), "wait=1")
          const etag = short.headers.get("etag") ?? ""
          const unchanged = yield* status(
            { ...user, prefer: "respond-async, wait=1", "if-none-match": etag },
            sessionRef
          )
          assert.strictEqual(unchanged.status, 304)
          const waiting = yield* Effect.fork(
            status({ ...user, prefer: "wait=99", "if-none-match": etag }, sessionRef)
          )
          yield* Effect.sleep("200 millis")
          yield* deliver(aBody({ token }))
          const woken = yield* waiting
          assert.strictEqual(woken.json.status, "pass")
          assert.strictEqual(woken.headers.get("preference-applied"), "wait=30")
          assert.strictEqual((yield* status({ ...user, prefer: "wait=30" }, sessionRef)).json.status, "pass")
          const ignored = yield* status({ ...user, prefer: "wait=soon" }, sessionRef)
          assert.isNull(ignored.headers.get("preference-applied"))
        })
      )

      it.effect("allows eight waits and streams per user", () =>
        Effect.gen(function* () {
          const { sessionRef, user } = yield* aStartedSession
          const waiting = yield* Effect.fork(
            Effect.all(
              Array.from({ length: 8 }, () => status({ ...user, prefer: "wait=2" }, sessionRef)),
              { concurrency: "unbounded" }
            )
          )
          yield* Effect.sleep("500 millis")
          assertProblem(yield* status({ ...user, prefer: "wait=2" }, sessionRef), 429, "rate_limited")
          assertProblem(
            yield* ask(`/api/verify-status/stream?session_ref=${sessionRef}`, { headers: user }),
            429,
            "rate_limited"
          )
          assert.strictEqual((yield* status(user, sessionRef)).status, 200)
          for (const answer of yield* waiting) assert.strictEqual(answer.status, 200)
          assert.strictEqual((yield* status({ ...user, prefer: "wait=0" }, sessionRef)).status, 200)
        })
      )

      it.effect("streams the status and each change, and ends with the verdict", () =>
        Effect.gen(function* () {
          const { sessionRef, token, user } = yield* aStartedSession
          const stream = yield* Effect.fork(
            ask(`/api/verify-status/stream?session_ref=${sessionRef}`, { headers: user })
          )
          yield* Effect.sleep("200 millis")
          yield* deliver(aBody({ token, status: "review" }))
          yield* Effect.sleep("50 millis")
          yield* deliver(aBody({ token }))
          const { headers, text } = yield* stream
          assert.match(headers.get("content-type") ?? "", /^text\/event-stream/)
          const events = text.trim().split("\n\n")
          const told = events.map((event) => {
            const [name, data] = event.split("\n")
            assert.strictEqual(name, "event: status")
            const { reason, status } = JSON.parse(data?.slice("data: ".length) ?? "")
            return [status, reason]
          })
          assert.deepStrictEqual(told, [
            ["pending", "awaiting_result"],
            ["pending", "in_review"],
            ["pass", null]
          ])
        })
      )

      it.effect("ends a stream when the token does", () =>
        Effect.gen(function* () {
          const user = { authorization: `Bearer ${yield* Effect.promise(() => aToken({}, 2))}` }
          const { session_ref } = (yield* start(user)).json
          const { text } = yield* ask(`/api/verify-status/stream?session_ref=${session_ref}`, {
            headers: user
          })
          assert.include(text, "awaiting_result")
        })
      )

      it.effect("lists the caller's own verifications, newest first, page by page", () =>
        Effect.gen(function* () {
          const user = yield* aUser()
          const refs = []
          for (let i = 0; i < 3; i++) refs.unshift((yield* start(user, { restart: true })).json.session_ref)
          yield* aStartedSession
          const first = yield* ask("/api/verifications?limit=2", { headers: user })
          const second = yield* ask(`/api/verifications?limit=2&cursor=${first.json.next_cursor}`, {
            headers: user
          })
          const items = [...first.json.items, ...second.json.items]
          assert.sameMembers(
            items.map((item) => item.session_ref),
            refs
          )
          assert.isNull(second.json.next_cursor)
          assert.strictEqual(items[0].product, "verifyidentity")
          assert.isFalse(Number.isNaN(Date.parse(items[0].created_at)))
          for (const query of ["limit=0", "limit=101", "limit=x", "limit=1.5", "cursor=x", "cursor="]) {
            assertProblem(
              yield* ask(`/api/verifications?${query}`, { headers: user }),
              400,
              "invalid_request"
            )
          }
        })
      )
    })

    it.live("serves a Flow URL without a provider call", () =>
      withService(
        { sessions: { flowUrl: "https://flow.example/f?ref={session_ref}" } },
        Effect.gen(function* () {
          const user = yield* aUser()
          const started = yield* start(user)
          const ref = started.json.session_ref
          assert.strictEqual(started.json.hosted_verification_url, `https://flow.example/f?ref=${ref}`)
          assert.deepStrictEqual((yield* Provider).calls, [])
          assert.strictEqual((yield* status(user, ref)).json.reason, "awaiting_result")
          const body = {
            event: "verification.completed",
            session_ref: ref,
            status: "PASS",
            product: "verifyidentity",
            environment: "test"
          }
          yield* deliver(Buffer.from(JSON.stringify(body)))
          assert.strictEqual((yield* status(user, ref)).json.status, "pass")
          assert.strictEqual((yield* start(user, { product: "verifyage" })).status, 201)
          assert.strictEqual((yield* Provider).calls.length, 1)
        })
      )
    )

    it.live("says that a session of a shared Flow URL cannot be confirmed", () =>
      withService(
        { sessions: { flowUrl: "https://flow.example/f" } },
        Effect.gen(function* () {
          const user = yield* aUser()
          const started = yield* start(user)
          assert.strictEqual(started.json.hosted_verification_url, "https://flow.example/f")
          const answer = yield* status(user, started.json.session_ref)
          assert.deepInclude(answer.json, { status: "pending", reason: "unconfirmable", can_retry: false })
        })
      )
    )
  })
}
