import { assert, describe, it, layer as sharing } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { ask, aUser, deliver, type Overrides, post, type Service, status } from "../http/harness.js"
import { aStartedSession, asService, assertProblem, chunked, paths, track } from "../http/requests.js"
import { aBody, unique } from "./fixtures.js"

const address = "/api/track-verification"
const aProviderSession = () => unique("msess_test_")

/** An id that came, under this name, with the event that decided a user's session. */
const aDeciding = (name: "sessionId" | "verificationId") =>
  Effect.gen(function* () {
    const { token, user } = yield* aStartedSession
    const id = aProviderSession()
    assert.strictEqual((yield* deliver(aBody({ token, [name]: id }))).status, 200)
    return { id, user }
  })

/** A new user, whose app has started a session that is tracked from now on. */
const aTracked = (product?: string) =>
  Effect.gen(function* () {
    const user = yield* aUser()
    const id = aProviderSession()
    const answer = yield* track(user, id, product)
    assert.strictEqual(answer.status, 201, answer.text)
    return { user, id, answer, sessionRef: answer.json.session_ref as string }
  })

const listed = (user: Record<string, string>) =>
  Effect.map(ask("/api/verifications", { headers: user }), ({ json }) => json.items)

/** `POST /api/track-verification` over a real socket: a test for each thing that the contract says of it. */
export const trackHttpSuite = (name: string, service: Service) => {
  const layer = Layer.fresh(service())
  const withService = <A, E>(
    overrides: Overrides,
    test: Effect.Effect<A, E, Layer.Layer.Success<ReturnType<typeof service>>>
  ) => Effect.provide(test, service(overrides))

  describe(`tracking: ${name}`, () => {
    sharing(layer, { excludeTestServices: true })((it) => {
      it.effect("answers 201 with exactly three fields; status and list show the session", () =>
        Effect.gen(function* () {
          const { answer, sessionRef, user } = yield* aTracked("verifyage")
          assert.sameMembers(Object.keys(answer.json), ["session_ref", "status", "expires_at"])
          assert.match(sessionRef, /^vs_[A-Za-z0-9_-]{32}$/)
          assert.strictEqual(answer.json.status, "pending")
          assert.isFalse(Number.isNaN(Date.parse(answer.json.expires_at)))
          assert.strictEqual(answer.headers.get("cache-control"), "no-store")
          const shown = yield* status(user, sessionRef)
          assert.deepInclude(shown.json, { ...answer.json, reason: "awaiting_result", can_retry: false })
          const [item, ...others] = yield* listed(user)
          assert.deepInclude(item, { session_ref: sessionRef, product: "verifyage", status: "pending" })
          assert.deepStrictEqual(others, [])
          assertProblem(yield* status(yield* aUser(), sessionRef), 404, "session_not_found")
        })
      )

      it.effect("answers 200 to its owner, with the status of now", () =>
        Effect.gen(function* () {
          const { answer, id, user } = yield* aTracked()
          const again = yield* track(user, id)
          assert.deepStrictEqual([again.status, again.json], [200, answer.json])
          yield* deliver(aBody({ sessionId: id, status: "FAIL" }))
          const decided = yield* track(user, id)
          assert.deepStrictEqual([decided.status, decided.json], [200, { ...answer.json, status: "fail" }])
          assert.lengthOf(yield* listed(user), 1)
        })
      )

      it.effect("is decided by a webhook that names its id", () =>
        Effect.gen(function* () {
          const { id, sessionRef, user } = yield* aTracked()
          const other = yield* aTracked()
          yield* deliver(aBody({ sessionId: id }))
          assert.deepInclude((yield* status(user, sessionRef)).json, { status: "pass", reason: null })
          assert.strictEqual((yield* status(other.user, other.sessionRef)).json.status, "pending")
        })
      )

      it.effect("gives one session to many equal requests at once", () =>
        Effect.gen(function* () {
          const user = yield* aUser()
          const id = aProviderSession()
          const answers = yield* Effect.all(
            Array.from({ length: 10 }, () => track(user, id)),
            { concurrency: "unbounded" }
          )
          assert.deepStrictEqual(answers.map((answer) => answer.status).sort(), [...Array(9).fill(200), 201])
          assert.strictEqual(new Set(answers.map((answer) => answer.json.session_ref)).size, 1)
        })
      )

      it.effect.each([
        ["that another user tracks", Effect.map(aTracked(), ({ id }) => ({ id, user: null }))],
        [
          "that its owner tracks for another product",
          Effect.map(aTracked("verifyage"), ({ id, user }) => ({ id, user }))
        ],
        [
          "that stands in an event received before",
          Effect.gen(function* () {
            const id = aProviderSession()
            assert.strictEqual((yield* deliver(aBody({ sessionId: id }))).status, 200)
            return { id, user: null }
          })
        ],
        ["that decided a session as its verification_id, of the same user", aDeciding("verificationId")],
        [
          "that stood beside the token in an event that decided a session, of the same user",
          aDeciding("sessionId")
        ],
        [
          "that is a hosted token, of the same user",
          Effect.map(aStartedSession, ({ token, user }) => ({ id: token, user }))
        ],
        [
          "that is a session_ref, of the same user",
          Effect.map(aStartedSession, ({ sessionRef, user }) => ({ id: sessionRef, user }))
        ]
      ] as const)("answers 409 to an id %s, and makes no session of it", ([, taken]) =>
        Effect.gen(function* () {
          const { id, user } = yield* taken
          const asking = user ?? (yield* aUser())
          const before = yield* listed(asking)
          const answer = yield* track(asking, id)
          assertProblem(answer, 409, "already_tracked")
          assert.notInclude(answer.text, id)
          assert.deepStrictEqual(yield* listed(asking), before)
        })
      )

      const good = { product: "verifyidentity", provider_session_id: "msess_1" }
      it.effect.each([
        ["no body", undefined, ["product", "provider_session_id"]],
        ["an empty object", {}, ["product", "provider_session_id"]],
        ["an array", [], [""]],
        ["no JSON", "{", [""]],
        ["no id", { product: "verifyage" }, ["provider_session_id"]],
        ["an empty id", { ...good, provider_session_id: "" }, ["provider_session_id"]],
        ["an id with a slash", { ...good, provider_session_id: "../x" }, ["provider_session_id"]],
        ["an id with a line end", { ...good, provider_session_id: "x\n" }, ["provider_session_id"]],
        ["too long an id", { ...good, provider_session_id: "x".repeat(129) }, ["provider_session_id"]],
        ["an id that is a number", { ...good, provider_session_id: 7 }, ["provider_session_id"]],
        ["an unknown product", { ...good, product: "verifyall" }, ["product"]],
        ["a product that is not offered", { ...good, product: "verifyhuman" }, ["product"]],
        ["an unknown field", { ...good, restart: true }, ["restart"]]
      ] as const)("answers 400 to %s, and names what is wrong", ([, body, expected]) =>
        Effect.gen(function* () {
          const answer = yield* post(address, yield* aUser(), body)
          assertProblem(answer, 400, "invalid_request")
          assert.sameMembers(paths(answer), [...expected])
          assert.notInclude(answer.text, "x".repeat(129))
        })
      )

      it.effect("takes the longest id that is allowed", () =>
        Effect.gen(function* () {
          const id = unique("").padEnd(128, "_")
          assert.strictEqual((yield* track(yield* aUser(), id)).status, 201)
        })
      )

      it.effect("needs a credential, JSON, and no more than 16 KiB of it", () =>
        Effect.gen(function* () {
          const user = yield* aUser()
          assertProblem(yield* track({}, "msess_1"), 401, "unauthenticated")
          const form = { ...user, "content-type": "application/x-www-form-urlencoded" }
          assertProblem(yield* post(address, form, "product=verifyage"), 415, "unsupported_media_type")
          assertProblem(yield* post(address, user, " ".repeat(16_385)), 413, "payload_too_large")
          const json = { ...user, "content-type": "application/json" }
          assert.strictEqual(yield* chunked(address, 64 * 1024, json), 413)
          const wrong = yield* ask(address, { headers: user })
          assertProblem(wrong, 405, "method_not_allowed")
          assert.strictEqual(wrong.headers.get("allow"), "POST")
        })
      )

      it.effect("lets the team's backend track for a user, who then sees it", () =>
        Effect.gen(function* () {
          const sub = unique("user-")
          const answer = yield* track(asService(sub), aProviderSession())
          assert.strictEqual(answer.status, 201)
          const user = yield* aUser({ sub })
          assert.strictEqual((yield* status(user, answer.json.session_ref)).status, 200)
        })
      )

      it.effect("counts to the limit of new sessions, and what is known costs nothing", () =>
        Effect.gen(function* () {
          const { id, user } = yield* aTracked()
          for (let more = 0; more < 4; more++) {
            assert.strictEqual((yield* track(user, aProviderSession())).status, 201)
          }
          const limited = yield* track(user, aProviderSession())
          assertProblem(limited, 429, "rate_limited")
          assert.match(limited.headers.get("retry-after") ?? "", /^[1-9]\d*$/)
          assertProblem(yield* post("/api/start-verification", user), 429, "rate_limited")
          assert.strictEqual((yield* track(user, id)).status, 200)
        })
      )
    })

    it.live("says what is missing where the service has no publishable key", () =>
      withService(
        { sessions: { tracking: false } },
        Effect.gen(function* () {
          const user = yield* aUser()
          const answer = yield* track(user, aProviderSession())
          assertProblem(answer, 502, "provider_rejected")
          assert.include(answer.json.detail, "VERIFYHUMAN_CLIENT_KEY")
          assert.deepStrictEqual(yield* listed(user), [])
        })
      )
    )
  })
}
