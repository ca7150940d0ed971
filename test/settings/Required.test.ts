import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { blamed, long, read, readPlain, real, type Variables } from "./reading.js"

const without = (...names: ReadonlyArray<string>): Variables =>
  Object.fromEntries(Object.entries(real).filter(([name]) => !names.includes(name)))

const flow = "https://app.verifyhuman.io/flow/f?r={session_ref}"

describe.each([["test"], ["live"]])("in %s", (environment) => {
  const inIt = (variables: Variables) => ({ ...variables, VERIFYHUMAN_ENVIRONMENT: environment })

  it.effect("a private key, webhook secrets and a way to verify users are required", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* blamed(inIt({})), [
        "VERIFYHUMAN_API_KEY",
        "VERIFYHUMAN_WEBHOOK_SECRETS",
        "AUTH_JWKS_URL"
      ])
    })
  )

  it.effect("a webhook secret is required, and commas are none", () =>
    Effect.gen(function* () {
      for (const value of ["", " ", ",", " , ,", ",,,,"]) {
        assert.deepStrictEqual(
          yield* blamed(inIt({ ...real, VERIFYHUMAN_WEBHOOK_SECRETS: value })),
          ["VERIFYHUMAN_WEBHOOK_SECRETS"],
          JSON.stringify(value)
        )
      }
    })
  )

  it.effect("a key set or a secret verifies users; a service key does not stand in for them", () =>
    Effect.gen(function* () {
      const others = inIt(without("AUTH_JWT_SECRET"))
      const { auth } = yield* readPlain({ ...others, AUTH_JWKS_URL: "https://team.example/jwks" })
      assert.deepStrictEqual([auth.jwksUrl, auth.jwtSecret], ["https://team.example/jwks", null])
      const both = yield* readPlain(inIt({ ...real, AUTH_JWKS_URL: "https://team.example/jwks" }))
      assert.deepStrictEqual(
        [both.auth.jwksUrl, both.auth.jwtSecret],
        ["https://team.example/jwks", real.AUTH_JWT_SECRET]
      )
      assert.deepStrictEqual(yield* blamed({ ...others, SERVICE_API_KEYS: long("s") }), ["AUTH_JWKS_URL"])
    })
  )

  it.effect("the private key is not required exactly when every start uses the Flow URL", () =>
    Effect.gen(function* () {
      const others = inIt({ ...without("VERIFYHUMAN_API_KEY"), VERIFYHUMAN_FLOW_URL: flow })
      for (const products of [
        {},
        { VERIFYHUMAN_PRODUCTS: "verifyidentity" },
        { VERIFYHUMAN_PRODUCT: "verifyage" },
        { VERIFYHUMAN_PRODUCT: "verifyage", VERIFYHUMAN_PRODUCTS: "verifyage,verifyage" }
      ]) {
        assert.isNull((yield* read({ ...others, ...products })).verifyHuman.apiKey, JSON.stringify(products))
      }
      for (const products of [
        { VERIFYHUMAN_PRODUCTS: "verifyidentity,verifyage" },
        { VERIFYHUMAN_PRODUCTS: "verifyage" },
        { VERIFYHUMAN_PRODUCT: "verifyage", VERIFYHUMAN_PRODUCTS: "verifyidentity" }
      ]) {
        assert.deepStrictEqual(
          yield* blamed({ ...others, ...products }),
          ["VERIFYHUMAN_API_KEY"],
          JSON.stringify(products)
        )
      }
      assert.strictEqual(
        (yield* readPlain({ ...others, VERIFYHUMAN_API_KEY: "vhk_key" })).verifyHuman.apiKey,
        "vhk_key"
      )
    })
  )

  it.effect("what is there but not readable is told once, not called missing as well", () =>
    Effect.gen(function* () {
      const others = without("AUTH_JWT_SECRET")
      assert.deepStrictEqual(yield* blamed(inIt({ ...others, AUTH_JWKS_URL: "team.example" })), [
        "AUTH_JWKS_URL"
      ])
      assert.deepStrictEqual(yield* blamed(inIt({ ...others, AUTH_JWT_SECRET: "short" })), [
        "AUTH_JWT_SECRET"
      ])
      assert.deepStrictEqual(yield* blamed(inIt({ ...real, VERIFYHUMAN_API_KEY: "two words" })), [
        "VERIFYHUMAN_API_KEY"
      ])
      assert.deepStrictEqual(
        yield* blamed(inIt({ ...without("VERIFYHUMAN_API_KEY"), VERIFYHUMAN_FLOW_URL: "nowhere" })),
        ["VERIFYHUMAN_FLOW_URL"]
      )
    })
  )

  it.effect("nothing is made up for operators", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual((yield* read(inIt(real))).operators, { tokens: [], readTokens: [] })
      assert.deepStrictEqual((yield* read(inIt({ ...real, ADMIN_TOKENS: " , " }))).operators.tokens, [])
    })
  )
})
