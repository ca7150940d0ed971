import { createHmac } from "node:crypto"
import { assert, describe, it, layer as sharing } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { ticketOf } from "../../src/http/OperatorTokens.js"
import { adminToken, ask, readToken } from "../http/harness.js"
import { assertProblem, chunked } from "../http/requests.js"
import { cookieOf, serving, signedIn, signIn } from "./serving.js"

const overview = (cookie: string) => ask("/api/admin/overview", { headers: { cookie } })

const hour = 3_600_000

describe("signing in to the console", () => {
  sharing(serving(), { excludeTestServices: true })((it) => {
    it.effect("gives a cookie that does not hold the token", () =>
      Effect.gen(function* () {
        for (const [token, mayWrite] of [
          [adminToken, true],
          [readToken, false]
        ] as const) {
          const before = Date.now()
          const answer = yield* signIn(token)
          assert.strictEqual(answer.status, 204, answer.text)
          assert.strictEqual(answer.headers.get("cache-control"), "no-store")
          const cookie = answer.headers.get("set-cookie") ?? ""
          const match =
            /^console=(\d+)\.([0-9a-f]{64}); Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/.exec(cookie)
          const [, expiresAt = "", hex = ""] = match ?? assert.fail(cookie)
          assert.isAtLeast(Number(expiresAt), before + 12 * hour)
          assert.isAtMost(Number(expiresAt), Date.now() + 12 * hour)
          assert.strictEqual(hex, createHmac("sha256", token).update(`console:${expiresAt}`).digest("hex"))
          const read = yield* overview(cookieOf(answer.headers))
          assert.strictEqual(read.status, 200, read.text)
          assert.strictEqual(read.json.may_write, mayWrite)
        }
      })
    )

    it.effect("turns every other token away with one answer", () =>
      Effect.gen(function* () {
        const bodies = new Set<string>()
        for (const token of [
          "",
          "x",
          adminToken.slice(1),
          `${adminToken}x`,
          ` ${adminToken}`,
          `${"x".repeat(99)}`
        ]) {
          const answer = yield* signIn(token)
          assertProblem(answer, 401, "unauthenticated")
          assert.isNull(answer.headers.get("set-cookie"))
          bodies.add(answer.text)
        }
        assert.strictEqual(bodies.size, 1)
      })
    )

    it.effect("takes a JSON body with a token and nothing else, of 4 KiB at most", () =>
      Effect.gen(function* () {
        const send = (body: string, type = "application/json") =>
          ask("/console/sign-in", { method: "POST", headers: { "content-type": type }, body })
        for (const body of ["", "{", "[]", "null", "{}", '{"token":7}', `{"token":"${adminToken}","a":1}`]) {
          assertProblem(yield* send(body), 400, "invalid_request")
        }
        for (const type of ["text/plain", "application/x-www-form-urlencoded"]) {
          assertProblem(
            yield* send(JSON.stringify({ token: adminToken }), type),
            415,
            "unsupported_media_type"
          )
        }
        assertProblem(yield* signIn("x".repeat(4096)), 413, "payload_too_large")
        assert.strictEqual(
          yield* chunked("/console/sign-in", 64 * 1024, { "content-type": "application/json" }),
          413
        )
      })
    )

    it.effect("accepts no cookie but a whole one that has not ended", () =>
      Effect.gen(function* () {
        const cookie = yield* signedIn(adminToken)
        const [, expiresAt = "", hex = ""] = /=(\d+)\.(.*)/.exec(cookie) ?? []
        const flipped = (hex.startsWith("0") ? "1" : "0") + hex.slice(1)
        const now = Date.now()
        for (const wrong of [
          "console=",
          `console=${adminToken}`,
          `console=${expiresAt}`,
          `console=${expiresAt}.`,
          `console=${expiresAt}.${flipped}`,
          `console=${expiresAt}.${hex.slice(0, -2)}`,
          `console=${expiresAt}.${hex.toUpperCase().replace(/[0-9]/g, "A")}`,
          `console=${Number(expiresAt) + 1}.${hex}`,
          `console=0${expiresAt}.${hex}`,
          `console=${expiresAt}.${hex}x`,
          `other=${expiresAt}.${hex}`,
          `console=${ticketOf("another-token-of-at-least-32-characters", now + hour)}`,
          `console=${ticketOf(adminToken, now - 1)}`
        ]) {
          assertProblem(yield* overview(wrong), 401, "unauthenticated")
        }
        assert.strictEqual((yield* overview(`a=b; ${cookie}; c=d`)).status, 200)
        assert.strictEqual((yield* overview(`console=${ticketOf(adminToken, now + hour)}`)).status, 200)
      })
    )

    it.effect("asks no cookie where there is an Authorization header", () =>
      Effect.gen(function* () {
        const cookie = yield* signedIn(adminToken)
        for (const authorization of ["Bearer wrong", "Basic x", "Bearer"]) {
          const answer = yield* ask("/api/admin/overview", { headers: { cookie, authorization } })
          assertProblem(answer, 401, "unauthenticated")
        }
      })
    )

    it.effect("opens the metrics too, and nothing of the phone's", () =>
      Effect.gen(function* () {
        const cookie = yield* signedIn(readToken)
        assert.strictEqual((yield* ask("/metrics", { headers: { cookie } })).status, 200)
        const phone = yield* ask("/api/verifications", { headers: { cookie, "x-user-id": "ada" } })
        assertProblem(phone, 401, "unauthenticated")
      })
    )

    it.effect("takes the cookie away on signing out, when our own page asks", () =>
      Effect.gen(function* () {
        const send = (headers: Record<string, string>) =>
          ask("/console/sign-out", { method: "POST", headers })
        const answer = yield* send({ "x-console": "1" })
        assert.strictEqual(answer.status, 204)
        assert.strictEqual(
          answer.headers.get("set-cookie"),
          "console=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict"
        )
        assertProblem(yield* send({}), 403, "cross_site_request")
        assertProblem(
          yield* send({ "x-console": "1", origin: "https://evil.example" }),
          403,
          "cross_site_request"
        )
      })
    )
  })

  sharing(serving({ secure: true }), { excludeTestServices: true })((it) => {
    it.effect("gives a cookie for https alone, where the service is reached by https", () =>
      Effect.gen(function* () {
        const { headers } = yield* signIn(adminToken)
        assert.match(headers.get("set-cookie") ?? "", /; SameSite=Strict; Secure$/)
      })
    )
  })

  it.scopedLive("holds on every node, over a restart, and no longer than its token", () =>
    Effect.gen(function* () {
      const operators = (token: string) => ({ tokens: [Redacted.make(token)], readTokens: [] })
      const first = "the-first-token-of-at-least-32-characters"
      const cookie = yield* Effect.provide(signedIn(first), serving({ operators: operators(first) }))
      const again = yield* Effect.provide(overview(cookie), serving({ operators: operators(first) }))
      assert.strictEqual(again.status, 200)
      const rotated = yield* Effect.provide(
        overview(cookie),
        serving({ operators: operators("the-second-token-of-at-least-32-characters") })
      )
      assertProblem(rotated, 401, "unauthenticated")
    })
  )
})
