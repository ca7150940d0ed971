import { createHmac } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { exportSPKI } from "jose"
import { unique } from "../suites/fixtures.js"
import { authenticating } from "./authenticating.js"
import { aToken, jwtSecret, serviceKey } from "./harness.js"
import { aKey, aKeySet, forged, inSeconds, tokenBy } from "./keySet.js"

const secret = Redacted.make(jwtSecret)

const oneKey = Effect.gen(function* () {
  const key = yield* aKey("ES256", unique("key-"))
  return { key, set: yield* aKeySet([key]) }
})

describe("a user's token", () => {
  it.scopedLive("is accepted under RS256, PS256, ES256 and EdDSA, and the key set is read once", () =>
    Effect.gen(function* () {
      const keys = yield* Effect.forEach(["RS256", "PS256", "ES256", "EdDSA"], (alg) =>
        aKey(alg, unique(alg))
      )
      const set = yield* aKeySet(keys)
      const { caller } = yield* authenticating({ jwksUrl: set.url })
      const exp = inSeconds(60)
      const tokens = yield* Effect.forEach([...keys, ...keys], (key) => tokenBy(key, { sub: key.alg, exp }))
      const callers = yield* Effect.forEach(tokens, (token) => caller(token), { concurrency: "unbounded" })
      assert.deepStrictEqual(
        callers,
        [...keys, ...keys].map(({ alg }) => ({ userId: alg, kind: "user", expiresAt: exp * 1000 }))
      )
      assert.strictEqual(set.requests, 1)
    })
  )

  it.scopedLive("is accepted under HS256 beside a key set", () =>
    Effect.gen(function* () {
      const { key, set } = yield* oneKey
      const { caller } = yield* authenticating({ jwksUrl: set.url, jwtSecret: secret })
      const symmetric = yield* Effect.promise(() => aToken({ sub: "ada" }))
      assert.deepInclude(yield* caller(symmetric), { userId: "ada" })
      assert.strictEqual(set.requests, 0)
      assert.deepInclude(yield* caller(yield* tokenBy(key, { sub: "bob" })), { userId: "bob" })
    })
  )

  it.scopedLive("is known from then on, until it ends", () =>
    Effect.gen(function* () {
      const { caller, known, refuses } = yield* authenticating({ jwtSecret: secret })
      const token = yield* Effect.promise(() => aToken({ sub: "ada" }))
      assert.isNull(known(token, Date.now()))
      const ada = yield* caller(token)
      const end = ada.expiresAt ?? 0
      assert.deepStrictEqual(known(token, end - 1), ada)
      assert.isNull(known(token.slice(0, -1), Date.now()))
      const ended = yield* Effect.promise(() => aToken({ sub: "ada" }, -1))
      yield* refuses(`Bearer ${ended}`, "ended")
      assert.isNull(known(ended, Date.now()))
      assert.isNull(known(token, end))
    })
  )

  it.scopedLive("is not known where a service key is meant", () =>
    Effect.gen(function* () {
      const { caller, known } = yield* authenticating({ jwtSecret: secret })
      assert.deepInclude(yield* caller(serviceKey, "ada"), { kind: "service" })
      assert.isNull(known(serviceKey, Date.now()))
    })
  )

  it.scopedLive("is refused when the algorithm is not the key's", () =>
    Effect.gen(function* () {
      const rsa = yield* aKey("RS256", unique("key-"))
      const set = yield* aKeySet([rsa])
      const pem = yield* Effect.promise(() => exportSPKI(rsa.publicKey))
      const claims = { sub: "ada", exp: inSeconds(60) }
      const signedWith = (key: string, alg: string) => {
        const text = forged({ alg, kid: rsa.kid }, claims).slice(0, -1)
        return `${text}.${createHmac("sha256", key).update(text).digest("base64url")}`
      }
      const good = yield* tokenBy(rsa, claims)
      const publicTexts = [pem, pem.trim(), JSON.stringify(rsa.jwk), rsa.jwk.n ?? ""]
      for (const policy of [
        { jwksUrl: set.url },
        { jwksUrl: set.url, jwtSecret: secret },
        { jwtSecret: secret }
      ]) {
        const { refuses } = yield* authenticating(policy)
        for (const text of publicTexts) {
          for (const alg of ["HS256", "HS384", "RS256"])
            yield* refuses(`Bearer ${signedWith(text, alg)}`, alg)
        }
        yield* refuses(`Bearer ${signedWith(jwtSecret, "HS512")}`, "HS512")
        for (const alg of ["none", "None", "NONE", "nOnE", "", null, undefined, ["RS256"], "RS256 "]) {
          const [, payload, signature] = good.split(".")
          yield* refuses(`Bearer ${forged({ alg, kid: rsa.kid }, claims)}`, `alg ${alg}, unsigned`)
          const header = forged({ alg, kid: rsa.kid }, claims).split(".")[0]
          yield* refuses(`Bearer ${header}.${payload}.${signature}`, `alg ${alg}, with another's signature`)
        }
      }
      const { refuses } = yield* authenticating({ jwtSecret: secret })
      yield* refuses(`Bearer ${good}`, "there is no key set")
    })
  )

  it.scopedLive("is refused for whatever else is wrong, each time alike", () =>
    Effect.gen(function* () {
      const { key, set } = yield* oneKey
      const { caller, refuses } = yield* authenticating({ jwksUrl: set.url, issuer: "acme", audience: "app" })
      const good = { sub: "ada", iss: "acme", aud: "app" }
      const stranger = yield* aKey("ES256", key.kid)
      assert.deepInclude(yield* caller(yield* tokenBy(key, good)), { userId: "ada" })
      assert.deepInclude(yield* caller(yield* tokenBy(key, { ...good, aud: ["x", "app"] })), {
        userId: "ada"
      })
      for (const [why, token] of [
        ["no exp", tokenBy(key, { ...good, exp: undefined })],
        ["exp is text", tokenBy(key, { ...good, exp: "9999999999" })],
        ["expired", tokenBy(key, { ...good, exp: inSeconds(-1) })],
        ["expires now", tokenBy(key, { ...good, exp: inSeconds(0) })],
        ["not yet", tokenBy(key, { ...good, nbf: inSeconds(60) })],
        ["no issuer", tokenBy(key, { ...good, iss: undefined })],
        ["another issuer", tokenBy(key, { ...good, iss: "acme " })],
        ["issuers", tokenBy(key, { ...good, iss: ["acme"] })],
        ["no audience", tokenBy(key, { ...good, aud: undefined })],
        ["another audience", tokenBy(key, { ...good, aud: ["x"] })],
        ["an unknown critical header", tokenBy(key, good, { crit: ["urn:x"], "urn:x": 1 })],
        ["an unknown key", tokenBy({ ...key, kid: "other" }, good)],
        ["another's key", tokenBy({ ...stranger, kid: key.kid }, good)],
        ["a payload that is no object", Effect.succeed(forged({ alg: "ES256", kid: key.kid }, 1, "AA"))],
        ["a key of its own", tokenBy(stranger, good, { jwk: stranger.jwk, jku: "http://127.0.0.1:1/" })]
      ] as const) {
        yield* refuses(`Bearer ${yield* token}`, why)
      }
    })
  )

  it.scopedLive.each<[string, unknown, boolean]>([
    ["sub", "ada", true],
    ["sub", "x".repeat(255), true],
    ["sub", "zoë 🦊", true],
    ["sub", "", false],
    ["sub", "x".repeat(256), false],
    ["sub", "a\u0000b", false],
    ["sub", "\ud800", false],
    ["sub", 42, false],
    ["sub", null, false],
    ["sub", ["ada"], false],
    ["sub", { id: "ada" }, false],
    ["sub", undefined, false],
    ["user_id", "ada", true],
    ["https://acme.example/user.id", "ada", true],
    ["a.b", "ada", true],
    ["constructor", undefined, false],
    ["__proto__", undefined, false]
  ])("names its user in %s: %j", ([userClaim, value, isGood]) =>
    Effect.gen(function* () {
      const { key, set } = yield* oneKey
      const { caller, refuses } = yield* authenticating({ jwksUrl: set.url, userClaim })
      const token = yield* tokenBy(key, {
        a: { b: "eve" },
        ...(userClaim === "sub" ? {} : { sub: "eve" }),
        [userClaim]: value
      })
      if (isGood) assert.strictEqual((yield* caller(token)).userId, value)
      else yield* refuses(`Bearer ${token}`, userClaim)
    })
  )
})
