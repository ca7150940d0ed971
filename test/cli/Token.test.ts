import { assert, beforeAll, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { decodeJwt, jwtVerify } from "jose"
import { builtBundle } from "../e2e/bundle.js"
import { jwtSecret } from "../http/harness.js"
import { aPlace, aSandbox } from "./sandboxService.js"

beforeAll(() => Effect.runPromise(builtBundle), 180_000)

const verified = (token: string) =>
  Effect.promise(() => jwtVerify(token, new TextEncoder().encode(jwtSecret), { algorithms: ["HS256"] }))

describe("token", () => {
  it.scopedLive("lets a user in", () =>
    Effect.gen(function* () {
      const { run, url } = yield* aSandbox()
      const { code, stderr, stdout } = yield* run(["token", "--user", "ada"])
      assert.deepStrictEqual([code, stderr], [0, ""])
      const { status } = yield* Effect.promise(() =>
        fetch(`${url}/api/verifications`, {
          headers: { authorization: `Bearer ${stdout.trimEnd()}`, connection: "close" }
        })
      )
      assert.strictEqual(status, 200)
    })
  )

  it.scopedLive("has the claims that are configured, and lives as long as was asked for", () =>
    Effect.gen(function* () {
      const { json, run } = yield* aPlace
      const { expires_at, token, user } = yield* json(
        ["token", "--user", "ada", "--expires-in", "2 hours", "--json"],
        { AUTH_ISSUER: "https://login.example", AUTH_AUDIENCE: "the-app", AUTH_USER_CLAIM: "uid" }
      )
      const { payload } = yield* verified(token)
      const { exp = 0, iat = 0, ...claims } = payload
      assert.deepStrictEqual(claims, {
        sub: "ada",
        uid: "ada",
        iss: "https://login.example",
        aud: "the-app"
      })
      assert.strictEqual(exp - iat, 7200)
      assert.strictEqual(Date.parse(expires_at), exp * 1000)
      assert.strictEqual(user, "ada")
      const usual = yield* run(["token", "--user", "ada"])
      const { exp: end = 0, iat: begin = 0, iss } = decodeJwt(usual.stdout.trimEnd())
      assert.strictEqual(end - begin, 3600)
      assert.isUndefined(iss)
    })
  )

  it.scopedLive("is not made for real users, nor without a secret that is good", () =>
    Effect.gen(function* () {
      const { failure, run } = yield* aPlace
      const token = ["token", "--user", "ada"]
      assert.include(
        yield* failure(token, { VERIFYHUMAN_ENVIRONMENT: "live" }),
        "VERIFYHUMAN_ENVIRONMENT is live"
      )
      assert.include(yield* failure(token, { AUTH_JWT_SECRET: "" }), "AUTH_JWT_SECRET is not set")
      const short = yield* run(token, { AUTH_JWT_SECRET: "short-secret" })
      assert.deepStrictEqual([short.code, short.stdout], [1, ""])
      assert.include(short.stderr, "AUTH_JWT_SECRET: expected a secret of at least 32 bytes")
      assert.notInclude(short.stderr, "short-secret")
    })
  )

  it.scopedLive.each([
    { args: [], told: "--user" },
    { args: ["--user", ""], told: "--user: expected" },
    { args: ["--user", "a\u0007"], told: "--user: expected" },
    ...["soon", "0 hours", "Infinity", "-1 hour", "400 days"].map((text) => ({
      args: ["--user", "ada", "--expires-in", text],
      told: "--expires-in: expected"
    }))
  ])("is wrong usage: $args", ({ args, told }) =>
    Effect.gen(function* () {
      const { run } = yield* aPlace
      const { code, stderr, stdout } = yield* run(["token", ...args])
      assert.deepStrictEqual([code, stdout], [2, ""])
      assert.include(stderr, told)
    })
  )
})
