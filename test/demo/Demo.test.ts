import { assert, describe, layer as sharing } from "@effect/vitest"
import { Clock, Effect, Layer, Redacted } from "effect"
import { jwtVerify } from "jose"
import { type DemoOptions, demoMethods, demoRoutes } from "../../src/demo/Demo.js"
import { serve } from "../../src/http/HttpService.js"
import { SessionFeed } from "../../src/sessions/SessionFeed.js"
import { ask, jwtSecret, post } from "../http/harness.js"
import { assertProblem, chunked } from "../http/requests.js"

const sandboxUrl = "http://localhost:4001"
const options: DemoOptions = {
  sandboxUrl,
  product: "verifyage",
  jwtSecret: Redacted.make(jwtSecret),
  issuer: null,
  audience: null,
  userClaim: "sub"
}

const demo = (overrides: Partial<DemoOptions> = {}) =>
  Layer.fresh(
    serve(demoRoutes({ ...options, ...overrides }), {
      host: "127.0.0.1",
      port: 0,
      methods: demoMethods
    }).pipe(Layer.provide(SessionFeed.layerMemory))
  )

const signIn = (body: unknown) => post("/demo/sign-in", {}, body)

const verified = (token: string, claims: { issuer?: string; audience?: string } = {}) =>
  Effect.gen(function* () {
    const currentDate = new Date(yield* Clock.currentTimeMillis)
    return yield* Effect.promise(() =>
      jwtVerify(token, new TextEncoder().encode(jwtSecret), { ...claims, algorithms: ["HS256"], currentDate })
    )
  })

const policyOf = (headers: Headers): ReadonlyMap<string, string> =>
  new Map(
    (headers.get("content-security-policy") ?? "").split("; ").map((directive) => {
      const [name = "", ...values] = directive.split(" ")
      return [name, values.join(" ")]
    })
  )

describe("the phone in a browser", () => {
  sharing(demo(), { excludeTestServices: true })((it) => {
    it.effect("is at /demo, and / leads there", () =>
      Effect.gen(function* () {
        const root = yield* ask("/")
        assert.deepStrictEqual([root.status, root.headers.get("location")], [302, "/demo"])
        const page = yield* ask("/demo")
        assert.strictEqual(page.status, 200)
        assert.strictEqual(page.headers.get("content-type"), "text/html; charset=utf-8")
        assert.strictEqual((yield* ask("/demo", { method: "HEAD" })).status, 200)
      })
    )

    it.effect("allows what it brings along and the sandbox, nothing else", () =>
      Effect.gen(function* () {
        for (const [path, origins] of [
          ["/demo", `'self' ${sandboxUrl}`],
          ["/demo/return", undefined]
        ] as const) {
          const { headers, text } = yield* ask(path)
          const policy = policyOf(headers)
          assert.strictEqual(policy.get("default-src"), "'none'")
          assert.match(policy.get("script-src") ?? "", /^'nonce-[A-Za-z0-9+/]{22}=='$/)
          assert.strictEqual(policy.get("style-src"), policy.get("script-src"))
          assert.strictEqual(policy.get("connect-src"), origins)
          assert.strictEqual(policy.get("frame-src"), origins)
          assert.strictEqual(policy.get("frame-ancestors"), "'self'")
          assert.notMatch(headers.get("content-security-policy") ?? "", /unsafe|\*/)
          assert.notMatch(text, /\{\{|\son\w+="|\sstyle="|<(?:script|link|img)[^>]*="(?:https?:)?\/\//)
        }
      })
    )

    it.effect("uses each nonce once", () =>
      Effect.gen(function* () {
        const [one, other] = [yield* ask("/demo"), yield* ask("/demo")]
        assert.notStrictEqual(
          policyOf(one.headers).get("script-src"),
          policyOf(other.headers).get("script-src")
        )
      })
    )

    it.effect("weighs less than 40 KB in all", () =>
      Effect.gen(function* () {
        const sizes = [yield* ask("/demo"), yield* ask("/demo/return")].map(({ text }) =>
          Buffer.byteLength(text)
        )
        assert.isBelow(
          sizes.reduce((sum, size) => sum + size, 0),
          40_000
        )
      })
    )

    it.effect("signs a made-up user in for an hour", () =>
      Effect.gen(function* () {
        for (const [user, name] of [
          ["ada", "ada"],
          ["  Zoë O’Neill ", "Zoë O’Neill"],
          ["x".repeat(64), "x".repeat(64)]
        ] as const) {
          const answer = yield* signIn({ user })
          assert.strictEqual(answer.status, 200, answer.text)
          assert.strictEqual(answer.headers.get("cache-control"), "no-store")
          assert.deepStrictEqual(Object.keys(answer.json), ["token", "expires_in"])
          const { payload } = yield* verified(answer.json.token)
          assert.strictEqual(payload.sub, name)
          assert.strictEqual((payload.exp ?? 0) - (payload.iat ?? 0), 3600)
          assert.notProperty(payload, "iss")
          assert.notProperty(payload, "aud")
        }
      })
    )

    it.effect("refuses what is not a name", () =>
      Effect.gen(function* () {
        for (const body of [
          {},
          { user: "" },
          { user: "   " },
          { user: 7 },
          { user: null },
          { user: "a\u0000b" },
          { user: "a\u202eb" },
          { user: "\ud800" },
          { user: "x".repeat(65) },
          { user: "ada", admin: true },
          [],
          "not json",
          "null"
        ]) {
          assertProblem(yield* signIn(body), 400, "invalid_request")
        }
        assertProblem(yield* post("/demo/sign-in", {}), 400, "invalid_request")
        assertProblem(
          yield* post("/demo/sign-in", { "content-type": "text/plain" }, '{"user":"ada"}'),
          415,
          "unsupported_media_type"
        )
      })
    )

    it.effect("reads no more than 1 KiB, declared or chunked", () =>
      Effect.gen(function* () {
        assertProblem(yield* signIn({ user: "x".repeat(1024) }), 413, "payload_too_large")
        const json = { "content-type": "application/json" }
        assert.strictEqual(yield* chunked("/demo/sign-in", 64 * 1024, json), 413)
      })
    )

    it.effect("answers other methods with 405 and Allow", () =>
      Effect.gen(function* () {
        for (const [path, methods] of Object.entries(demoMethods)) {
          const answer = yield* ask(path, { method: "DELETE" })
          assertProblem(answer, 405, "method_not_allowed")
          assert.strictEqual(answer.headers.get("allow"), methods.join(", "))
        }
        assertProblem(yield* ask("/demo/"), 404, "not_found")
      })
    )
  })
})

describe("the phone in a browser, with claims of the team's own", () => {
  const team = { issuer: "https://login.example", audience: "app", userClaim: "https://login.example/user" }

  sharing(demo(team), { excludeTestServices: true })((it) => {
    it.effect("puts them into the token", () =>
      Effect.gen(function* () {
        const answer = yield* signIn({ user: "grace" })
        const { payload } = yield* verified(answer.json.token, team)
        assert.strictEqual(payload[team.userClaim], "grace")
        assert.strictEqual(payload.sub, "grace")
      })
    )
  })
})
