import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { isStandardWebhooksSecret } from "../../src/settings/Parsers.js"
import { blamed, long, read, readPlain, real, refusal, signingSecret } from "./reading.js"

/** What has the same default everywhere. */
const everywhere = {
  port: 3000,
  publicUrl: "http://localhost:3000",
  database: { _tag: "sqlite", filename: "./data/verifyhuman-dropin.db" },
  limits: { start: { count: 5, windowMillis: 3_600_000 } },
  retention: { days: 30, reviewDays: 14 }
}

const verifyHumanEverywhere = {
  authScheme: "bearer",
  timeout: "4s",
  deadline: "8s",
  flowUrl: null,
  product: "verifyidentity",
  products: ["verifyidentity"],
  outcomes: {},
  expiresInHours: 1,
  pageTitle: null,
  successMessage: null,
  failureMessage: null
}

const authEverywhere = { jwksUrl: null, issuer: null, audience: null, userClaim: "sub", serviceKeys: [] }

describe("settings without a variable set", () => {
  it.effect("are those of the sandbox", () =>
    Effect.gen(function* () {
      const { actions, auth, observability, operators, webhooks, ...others } = yield* readPlain({})
      assert.deepStrictEqual(others, {
        ...everywhere,
        environment: "sandbox",
        host: "127.0.0.1",
        sandbox: {
          port: 3001,
          url: "http://localhost:3001",
          behaviour: "",
          adminToken: operators.tokens[0]
        },
        verifyHuman: {
          ...verifyHumanEverywhere,
          baseUrl: "http://127.0.0.1:3001",
          apiKey: "vhk_test_sandbox",
          clientKey: "pk_demo_sandbox"
        },
        redirects: {
          appRedirectUrl: "http://localhost:3000/demo/return",
          allowlist: [{ scheme: "http:", host: "localhost:3000", segments: ["demo", "return"] }]
        },
        warnings: []
      })
      assert.strictEqual(actions.url, "http://127.0.0.1:3001/sandbox/actions")
      assert.lengthOf(actions.secrets, 1)
      assert.isTrue(isStandardWebhooksSecret(actions.secrets[0]))
      assert.deepStrictEqual({ ...auth, jwtSecret: null }, { ...authEverywhere, jwtSecret: null })
      assert.isAtLeast(auth.jwtSecret.length, 43)
      assert.lengthOf(operators.tokens, 1)
      assert.isAtLeast(operators.tokens[0].length, 43)
      assert.deepStrictEqual(operators.readTokens, [])
      assert.lengthOf(webhooks.secrets, 1)
      assert.match(webhooks.secrets[0], /^whsec_[A-Za-z0-9+/]{32}$/)
      assert.strictEqual(webhooks.signatureScheme, "either")
      assert.strictEqual(observability.logLevel, "INFO")
      assert.isNull(observability.otlpEndpoint)
    })
  )

  it.effect("have other secrets each time", () =>
    Effect.gen(function* () {
      const [one, other] = yield* Effect.all([readPlain({}), readPlain({})])
      assert.notStrictEqual(one.auth.jwtSecret, other.auth.jwtSecret)
      assert.notStrictEqual(one.operators.tokens[0], other.operators.tokens[0])
      assert.notStrictEqual(one.webhooks.secrets[0], other.webhooks.secrets[0])
      assert.notStrictEqual(one.actions.secrets[0], other.actions.secrets[0])
    })
  )

  for (const environment of ["test", "live"]) {
    it.effect(`are safe in ${environment}, where some are required`, () =>
      Effect.gen(function* () {
        const { observability, ...others } = yield* readPlain({
          ...real,
          VERIFYHUMAN_ENVIRONMENT: environment
        })
        assert.deepStrictEqual(others, {
          ...everywhere,
          environment,
          host: "0.0.0.0",
          sandbox: null,
          actions: { url: null, secrets: [] },
          verifyHuman: {
            ...verifyHumanEverywhere,
            baseUrl: "https://app.verifyhuman.io",
            apiKey: "vhk_test_key",
            clientKey: null
          },
          webhooks: { secrets: ["whsec_one_of_the_dashboard"], signatureScheme: "either" },
          redirects: { appRedirectUrl: null, allowlist: [] },
          auth: { ...authEverywhere, jwtSecret: long("j") },
          operators: { tokens: [], readTokens: [] },
          warnings: []
        })
        assert.strictEqual(observability.logLevel, "INFO")
      })
    )
  }

  it.effect("log for people on a terminal, and for programs elsewhere", () =>
    Effect.gen(function* () {
      const formatOn = (isTTY: boolean) =>
        Effect.acquireUseRelease(
          Effect.sync(() => Object.getOwnPropertyDescriptor(process.stdout, "isTTY")),
          () => {
            Object.defineProperty(process.stdout, "isTTY", { value: isTTY, configurable: true })
            return Effect.map(read({}), ({ observability }) => observability.logFormat)
          },
          (before) =>
            Effect.sync(() =>
              before === undefined
                ? Reflect.deleteProperty(process.stdout, "isTTY")
                : Object.defineProperty(process.stdout, "isTTY", before)
            )
        )
      assert.strictEqual(yield* formatOn(true), "pretty")
      assert.strictEqual(yield* formatOn(false), "json")
    })
  )
})

describe("defaults that follow others", () => {
  it.effect("the addresses of the sandbox follow PORT, SANDBOX_PORT, HOST and PUBLIC_URL", () =>
    Effect.gen(function* () {
      const moved = yield* read({ PORT: "4000", SANDBOX_PORT: "4001" })
      assert.strictEqual(moved.publicUrl, "http://localhost:4000")
      assert.strictEqual(moved.sandbox?.url, "http://localhost:4001")
      assert.strictEqual(moved.verifyHuman.baseUrl, "http://127.0.0.1:4001")
      assert.strictEqual(moved.redirects.appRedirectUrl, "http://localhost:4000/demo/return")
      const public_ = yield* read({ HOST: "0.0.0.0", PUBLIC_URL: "https://dev.example.org/" })
      assert.strictEqual(public_.publicUrl, "https://dev.example.org")
      assert.strictEqual(public_.sandbox?.url, "http://dev.example.org:3001")
      assert.strictEqual(public_.verifyHuman.baseUrl, "http://127.0.0.1:3001")
      assert.strictEqual(public_.redirects.appRedirectUrl, "https://dev.example.org/demo/return")
    })
  )

  it.effect("the demo page is returned to by a phone on the same network, over plain http", () =>
    Effect.gen(function* () {
      const { redirects } = yield* read({ HOST: "0.0.0.0", PUBLIC_URL: "http://192.168.1.5:3000" })
      assert.strictEqual(redirects.appRedirectUrl, "http://192.168.1.5:3000/demo/return")
      assert.deepStrictEqual(redirects.allowlist, [
        { scheme: "http:", host: "192.168.1.5:3000", segments: ["demo", "return"] }
      ])
    })
  )

  it.effect("a phone may ask for APP_REDIRECT_URL, or for what REDIRECT_URL_ALLOWLIST says instead", () =>
    Effect.gen(function* () {
      const app = { ...real, APP_REDIRECT_URL: "myapp://verified" }
      assert.deepStrictEqual((yield* read(app)).redirects, {
        appRedirectUrl: "myapp://verified",
        allowlist: [{ scheme: "myapp:", host: "verified", segments: [] }]
      })
      const listed = { ...app, REDIRECT_URL_ALLOWLIST: "myapp://other, https://App.example/done" }
      assert.deepStrictEqual((yield* read(listed)).redirects, {
        appRedirectUrl: "myapp://verified",
        allowlist: [
          { scheme: "myapp:", host: "other", segments: [] },
          { scheme: "https:", host: "app.example", segments: ["done"] }
        ]
      })
    })
  )

  it.effect("a phone may ask for VERIFYHUMAN_PRODUCT, or for what VERIFYHUMAN_PRODUCTS says instead", () =>
    Effect.gen(function* () {
      const { verifyHuman } = yield* read({ VERIFYHUMAN_PRODUCT: "verifyage" })
      assert.deepStrictEqual(verifyHuman.products, ["verifyage"])
    })
  )

  it.effect("the sandbox keeps what one sets", () =>
    Effect.gen(function* () {
      const settings = yield* readPlain({
        VERIFYHUMAN_WEBHOOK_SECRETS: "whsec_mine",
        AUTH_JWT_SECRET: long("m"),
        ADMIN_TOKENS: long("a"),
        APP_REDIRECT_URL: "myapp://back"
      })
      assert.deepStrictEqual(settings.webhooks.secrets, ["whsec_mine"])
      assert.strictEqual(settings.auth.jwtSecret, long("m"))
      assert.deepStrictEqual(settings.operators.tokens, [long("a")])
      assert.strictEqual(settings.redirects.appRedirectUrl, "myapp://back")
    })
  )

  it.effect("the sandbox provider's own keys are used with it, and others with another", () =>
    Effect.gen(function* () {
      const keys = { VERIFYHUMAN_API_KEY: "vhk_live_key", VERIFYHUMAN_CLIENT_KEY: "pk_live_key" }
      const beside = yield* readPlain(keys)
      assert.strictEqual(beside.verifyHuman.apiKey, "vhk_test_sandbox")
      assert.strictEqual(beside.verifyHuman.clientKey, "pk_demo_sandbox")
      assert.deepStrictEqual(beside.warnings, [
        "VERIFYHUMAN_API_KEY is not used: the sandbox provider has its own",
        "VERIFYHUMAN_CLIENT_KEY is not used: the sandbox provider has its own"
      ])
      const another = yield* readPlain({ ...keys, VERIFYHUMAN_BASE_URL: "http://localhost:9000" })
      assert.strictEqual(another.verifyHuman.apiKey, "vhk_live_key")
      assert.strictEqual(another.verifyHuman.clientKey, "pk_live_key")
      assert.deepStrictEqual(another.warnings, [])
    })
  )
})

describe("settings that are not usable", () => {
  it.effect("are all told at once, each with what it expects", () =>
    Effect.gen(function* () {
      const { message, problems } = yield* refusal({
        VERIFYHUMAN_ENVIRONMENT: "live",
        PORT: "http",
        START_LIMIT: "many",
        LOG_LEVEL: "loud"
      })
      assert.deepStrictEqual(
        problems.map(({ variable }) => variable),
        [
          "PORT",
          "VERIFYHUMAN_API_KEY",
          "VERIFYHUMAN_WEBHOOK_SECRETS",
          "AUTH_JWKS_URL",
          "START_LIMIT",
          "LOG_LEVEL"
        ]
      )
      assert.deepStrictEqual(message.split("\n"), [
        "The settings are not usable:",
        "  PORT: expected a port number, 1 to 65535",
        "  VERIFYHUMAN_API_KEY: expected your private key; it is required in test and live",
        "  VERIFYHUMAN_WEBHOOK_SECRETS: expected one or more secrets, separated by commas; it is required in test and live",
        "  AUTH_JWKS_URL: expected the address of your key set, or AUTH_JWT_SECRET instead; it is required in test and live",
        "  START_LIMIT: expected a limit such as 5 per hour (second, minute, hour or day)",
        "  LOG_LEVEL: expected trace, debug, info, warn, warning, error, fatal, none"
      ])
    })
  )

  it.effect("are of an environment that does not exist: nothing is required of it", () =>
    Effect.gen(function* () {
      const { message } = yield* refusal({ VERIFYHUMAN_ENVIRONMENT: "production", NODE_ENV: "production" })
      assert.strictEqual(
        message,
        "The settings are not usable:\n  VERIFYHUMAN_ENVIRONMENT: expected sandbox, test or live"
      )
    })
  )

  it.effect("are the sandbox in production", () =>
    Effect.gen(function* () {
      for (const environment of [{}, { VERIFYHUMAN_ENVIRONMENT: "sandbox" }]) {
        assert.deepStrictEqual((yield* refusal({ ...environment, NODE_ENV: "production" })).problems, [
          {
            variable: "VERIFYHUMAN_ENVIRONMENT",
            expected: "test or live, because NODE_ENV is production: the sandbox verifies nobody"
          }
        ])
      }
      yield* read({ NODE_ENV: "development" })
      yield* read({ ...real, NODE_ENV: "production" })
    })
  )

  it.effect("are two that do not fit together, told under the name of the one that was set", () =>
    Effect.gen(function* () {
      const expected = (variables: Record<string, string>) =>
        Effect.map(refusal(variables), ({ problems }) => problems)
      assert.deepStrictEqual(yield* expected({ PORT: "3001" }), [
        { variable: "SANDBOX_PORT", expected: "a port other than PORT, which is 3001" }
      ])
      assert.deepStrictEqual(yield* expected({ VERIFYHUMAN_TIMEOUT: "10 seconds" }), [
        { variable: "VERIFYHUMAN_TIMEOUT", expected: "at most VERIFYHUMAN_DEADLINE, which is 8s" }
      ])
      assert.deepStrictEqual(yield* expected({ VERIFYHUMAN_DEADLINE: "3 seconds" }), [
        { variable: "VERIFYHUMAN_DEADLINE", expected: "at least VERIFYHUMAN_TIMEOUT, which is 4s" }
      ])
      assert.deepStrictEqual(yield* blamed({ VERIFYHUMAN_TIMEOUT: "5", VERIFYHUMAN_DEADLINE: "1 second" }), [
        "VERIFYHUMAN_TIMEOUT"
      ])
      yield* read({ VERIFYHUMAN_TIMEOUT: "3 seconds", VERIFYHUMAN_DEADLINE: "3 seconds" })
      yield* read({ ...real, PORT: "3001" })
      assert.deepStrictEqual(yield* expected({ ACTION_WEBHOOK_URL: "https://team.example/hook" }), [
        {
          variable: "ACTION_WEBHOOK_SECRETS",
          expected: "one or more secrets, because ACTION_WEBHOOK_URL is set"
        }
      ])
      assert.deepStrictEqual(yield* blamed({ ACTION_WEBHOOK_URL: "ftp://team.example" }), [
        "ACTION_WEBHOOK_URL"
      ])
      assert.deepStrictEqual((yield* readPlain({ ACTION_WEBHOOK_SECRETS: signingSecret })).actions.secrets, [
        signingSecret
      ])
      assert.deepStrictEqual(
        yield* expected({ ADMIN_TOKENS: `${long("a")},${long("b")}`, ADMIN_READ_TOKENS: long("b") }),
        [
          {
            variable: "ADMIN_READ_TOKENS",
            expected: "tokens that are not in ADMIN_TOKENS, because these may only read"
          }
        ]
      )
    })
  )
})

describe("a variable that is empty", () => {
  it.effect("is not set", () =>
    Effect.gen(function* () {
      const { host, port, redirects, verifyHuman } = yield* read({
        HOST: "",
        PORT: " ",
        VERIFYHUMAN_EXPIRES_IN_HOURS: "",
        APP_REDIRECT_URL: "",
        REDIRECT_URL_ALLOWLIST: "\t"
      })
      assert.deepStrictEqual([host, port, verifyHuman.expiresInHours], ["127.0.0.1", 3000, 1])
      assert.strictEqual(redirects.appRedirectUrl, "http://localhost:3000/demo/return")
      assert.lengthOf(redirects.allowlist, 1)
    })
  )
})
