import { inspect } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import { Cause, Effect, Either } from "effect"
import * as fc from "fast-check"
import { blamed, long, read, readPlain, real, refusal, signingSecret } from "./reading.js"

const secretVariables = [
  "VERIFYHUMAN_API_KEY",
  "VERIFYHUMAN_CLIENT_KEY",
  "VERIFYHUMAN_WEBHOOK_SECRETS",
  "AUTH_JWT_SECRET",
  "SERVICE_API_KEYS",
  "ADMIN_TOKENS",
  "ADMIN_READ_TOKENS",
  "ACTION_WEBHOOK_SECRETS"
] as const

/** These are no secrets, but what is wrong with them may be one in the wrong place. */
const mayHoldSecrets = [
  "VERIFYHUMAN_ENVIRONMENT",
  "HOST",
  "PORT",
  "PUBLIC_URL",
  "DATABASE_URL",
  "VERIFYHUMAN_BASE_URL",
  "VERIFYHUMAN_FLOW_URL",
  "AUTH_JWKS_URL",
  "ACTION_WEBHOOK_URL",
  "OTEL_EXPORTER_OTLP_ENDPOINT",
  "START_LIMIT",
  "LOG_FORMAT"
] as const

/** As long and as odd as they come, but never written differently by whoever prints it. */
const aSecret = fc
  .array(
    fc.constantFrom(
      ..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/=-_.~ :;!?()[]{}@%&*"
    ),
    {
      minLength: 12,
      maxLength: 80
    }
  )
  .map((letters) => letters.join("").trim())
  .filter((secret) => secret.length >= 12)

const everythingPrinted = (value: unknown) =>
  [String(value), inspect(value, { depth: 10 }), JSON.stringify(value), Cause.pretty(Cause.fail(value))].join(
    "\n"
  )

describe("a secret", () => {
  it.effect("is never in the error, whatever else is wrong", () =>
    Effect.promise(() =>
      fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...secretVariables, ...mayHoldSecrets),
          aSecret,
          fc.boolean(),
          async (variable, secret, inSandbox) => {
            const base = inSandbox ? {} : real
            const error = await Effect.runPromise(
              refusal({ ...base, REVIEW_DAYS: "soon", [variable]: secret })
            )
            assert.include(
              error.problems.map(({ variable }) => variable),
              "REVIEW_DAYS"
            )
            assert.notInclude(everythingPrinted(error), secret)
          }
        )
      )
    )
  )

  it.effect("is not printed with the settings either", () =>
    Effect.promise(() =>
      fc.assert(
        fc.asyncProperty(fc.constantFrom(...secretVariables), aSecret, async (variable, secret) => {
          const result = await Effect.runPromise(Effect.either(read({ ...real, [variable]: secret })))
          if (Either.isRight(result)) assert.notInclude(everythingPrinted(result.right), secret)
        })
      )
    )
  )

  it.effect("that was made up is not printed with the settings either", () =>
    Effect.gen(function* () {
      const settings = yield* read({})
      const { auth, operators, webhooks } = yield* Effect.sync(() => settings)
      const printed = everythingPrinted({ auth, operators, webhooks })
      assert.notMatch(printed, /[A-Za-z0-9_-]{43}|whsec_/)
    })
  )

  it.effect("stays whole where one is expected, commas and inner spaces included", () =>
    Effect.gen(function* () {
      const secret = `${long("a")}, ${long("b")}`
      assert.strictEqual(
        (yield* readPlain({ ...real, AUTH_JWT_SECRET: ` ${secret}\n` })).auth.jwtSecret,
        secret
      )
      assert.strictEqual(
        (yield* readPlain({ ...real, VERIFYHUMAN_API_KEY: "one,two" })).verifyHuman.apiKey,
        "one,two"
      )
    })
  )

  it.effect("is one of a list, each once and in its order, without the white space around it", () =>
    Effect.gen(function* () {
      const { webhooks } = yield* readPlain({
        ...real,
        VERIFYHUMAN_WEBHOOK_SECRETS: ", new ,old,\tnew,, two words ,"
      })
      assert.deepStrictEqual(webhooks.secrets, ["new", "old", "two words"])
      const { actions, auth, operators } = yield* readPlain({
        SERVICE_API_KEYS: `${long("a")},${long("b")},${long("a")}`,
        ADMIN_TOKENS: `${long("c")} , ${long("c")}`,
        ADMIN_READ_TOKENS: long("d"),
        ACTION_WEBHOOK_SECRETS: `${signingSecret},${signingSecret}`
      })
      assert.deepStrictEqual(auth.serviceKeys, [long("a"), long("b")])
      assert.deepStrictEqual(operators, { tokens: [long("c")], readTokens: [long("d")] })
      assert.deepStrictEqual(actions.secrets, [signingSecret])
    })
  )

  it.effect("of a list is refused when one of them is", () =>
    Effect.gen(function* () {
      for (const [variable, good, bad] of [
        ["SERVICE_API_KEYS", long("a"), "a".repeat(31)],
        ["ADMIN_TOKENS", long("a"), `${long("a")}!`],
        ["ADMIN_READ_TOKENS", long("a"), `${long("a")} b`],
        ["ACTION_WEBHOOK_SECRETS", signingSecret, "whsec_short"]
      ] as const) {
        yield* read({ [variable]: good })
        assert.deepStrictEqual(yield* blamed({ [variable]: `${good},${bad}` }), [variable])
      }
    })
  )

  it.effect("of 32 bytes may have fewer characters", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* blamed({ AUTH_JWT_SECRET: "é".repeat(15) }), ["AUTH_JWT_SECRET"])
      assert.strictEqual(
        (yield* readPlain({ AUTH_JWT_SECRET: "é".repeat(16) })).auth.jwtSecret,
        "é".repeat(16)
      )
    })
  )
})
