import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { variableNames } from "../../src/settings/Settings.js"
import { long, readPlain, refusal, signingSecret, type Variables } from "./reading.js"

type Name = (typeof variableNames)[number]

type Good = readonly [value: string, becomes: unknown]

interface Setting {
  /** Its path in the settings. */
  readonly at: string
  /** What has to be set beside it. */
  readonly with?: Variables
  readonly good: ReadonlyArray<Good>
  readonly bad: ReadonlyArray<string>
  readonly expected: string
}

const same = (...values: ReadonlyArray<string>): ReadonlyArray<Good> => values.map((value) => [value, value])

const postgres = (url: string) => ({
  _tag: "postgres",
  url,
  poolSize: 10,
  statementTimeout: "5s",
  lockTimeout: "3s",
  preparedStatements: true
})

const address = "an http:// or https:// address, without user info and fragment"
const base = "an http:// or https:// address, without user info, query and fragment"
const port = {
  good: [
    ["1", 1],
    ["8080", 8080],
    ["65535", 65_535],
    [" 08080 ", 8080]
  ] as const,
  bad: ["0", "65536", "-1", "80.5", "1e3", "0x50", "http", "3000,3001", "٣٠٠٠"],
  expected: "a port number, 1 to 65535"
}
const badAddresses = [
  "team.example",
  "localhost:3000",
  "//team.example",
  "ftp://team.example",
  "javascript:alert(1)",
  "http:team.example",
  "http:\\\\team.example",
  "http://",
  "http://team example",
  "https://team.exa\tmple",
  "https://user@team.example",
  "https://user:secret@team.example",
  "https://:secret@team.example",
  "https://team.example/#part",
  "https://team.example/#",
  "https://team.example:99999"
]
const key = {
  good: same("vhk_live_1", "one,two", "~!#$%&'()*+-./:;<=>?@[]^_`{|}"),
  bad: ["two words", "vhk_\u0007", "vhk_“quoted”", "line\nbreak"],
  expected: "a key of printable characters, without spaces"
}
const duration = {
  good: [
    ["1 second", "1s"],
    ["5 seconds", "5s"],
    ["5seconds", "5s"],
    ["1.5 seconds", "1s 500ms"],
    ["250 millis", "250ms"]
  ] as const,
  bad: [
    "5",
    "5s",
    "five seconds",
    "0 seconds",
    "-1 seconds",
    "5 seconds 3 millis",
    "5  seconds",
    "5 Seconds",
    "5 minutess",
    "61 minutes",
    "2 days",
    "1 week",
    "Infinity",
    "infinity seconds",
    `1${"0".repeat(400)} seconds`
  ],
  expected: "a duration such as 5 seconds or 2 minutes, at most 1 hour"
}
const text = {
  good: [
    ["Verify yourself", "Verify yourself"],
    ["x".repeat(200), "x".repeat(200)]
  ] as const,
  bad: ["x".repeat(201)],
  expected: "at most 200 characters"
}
const longOnes = (name: string) => ({
  good: [
    [long("a"), [long("a")]],
    [`${long("a")}, ${long("b")}`, [long("a"), long("b")]],
    [`${long("-._~+/")}==`, [`${long("-._~+/")}==`]]
  ] as const,
  bad: [
    "short",
    "a".repeat(31),
    `${long("a")},short`,
    `${long("a")} ${long("b")}`,
    long("é"),
    `${long("a")}=b`
  ],
  expected: `a comma-separated list of ${name}, each of at least 32 letters, digits and -._~+/`
})
const days = {
  good: [
    ["1", 1],
    ["3650", 3650]
  ] as const,
  bad: ["0", "3651", "1.5", "-1", "a week", "9999999999"],
  expected: "a whole number of days, 1 to 3650"
}

const settings: Partial<Record<Name, Setting>> = {
  VERIFYHUMAN_ENVIRONMENT: {
    at: "environment",
    with: {
      VERIFYHUMAN_API_KEY: "k",
      VERIFYHUMAN_WEBHOOK_SECRETS: "s",
      AUTH_JWT_SECRET: long("j")
    },
    good: same("sandbox", "test", "live"),
    bad: ["Live", "prod", "sandbox,test", "null"],
    expected: "sandbox, test or live"
  },
  HOST: {
    at: "host",
    good: same("0.0.0.0", "127.0.0.1", "::", "::1", "localhost", "build-machine_1.example"),
    bad: ["http://localhost", "localhost:3000", "[::1]", "256.1.1.1", "two words", "a/b", "*"],
    expected: "the address to listen on, such as 127.0.0.1 or 0.0.0.0"
  },
  PORT: { at: "port", ...port },
  SANDBOX_PORT: { at: "sandbox.port", ...port },
  PUBLIC_URL: {
    at: "publicUrl",
    good: [
      ...same("https://team.example", "http://192.168.1.5:3000", "HTTPS://team.example/behind/a/proxy"),
      ["https://team.example///", "https://team.example"]
    ],
    bad: [...badAddresses, "https://team.example?a=b", "https://team.example/?"],
    expected: base
  },
  DATABASE_URL: {
    at: "database",
    good: [
      ["sqlite::memory:", { _tag: "memory" }],
      ["sqlite:a.db", { _tag: "sqlite", filename: "a.db" }],
      ["sqlite:./data/with space.db", { _tag: "sqlite", filename: "./data/with space.db" }],
      ["sqlite:/var/lib/a.db", { _tag: "sqlite", filename: "/var/lib/a.db" }],
      ["postgres://u:p@db/a", postgres("postgres://u:p@db/a")],
      ["postgresql://db:6432/a?x=1", postgres("postgresql://db:6432/a?x=1")]
    ],
    bad: [
      "postgres://",
      "postgres://db",
      "postgres://db/",
      "postgres:a",
      "postgres://u:p@/a",
      "POSTGRES://db/a",
      "postgres://db/a#b",
      "postgres://db:x/a",
      "sqlite:",
      "sqlite://host/a.db",
      "sqlite::memory",
      "a.db",
      "mysql://localhost/a",
      "SQLITE:a.db"
    ],
    expected: "sqlite:PATH, sqlite::memory: or postgres://USER:PASSWORD@HOST:PORT/DATABASE"
  },
  DATABASE_POOL_SIZE: {
    at: "database.poolSize",
    with: { DATABASE_URL: "postgres://u:p@db/a" },
    good: [
      ["2", 2],
      ["500", 500]
    ],
    bad: ["1", "501", "0", "-1", "ten", "1.5"],
    expected: "a number of connections, 2 to 500"
  },
  DATABASE_STATEMENT_TIMEOUT: {
    at: "database.statementTimeout",
    with: { DATABASE_URL: "postgres://u:p@db/a" },
    good: [["2 seconds", "2s"]],
    bad: ["5", "forever", "2 hours", "0 seconds"],
    expected: "a duration such as 5 seconds or 2 minutes, at most 1 hour"
  },
  DATABASE_LOCK_TIMEOUT: {
    at: "database.lockTimeout",
    with: { DATABASE_URL: "postgres://u:p@db/a" },
    good: [["500 millis", "500ms"]],
    bad: ["5", "forever", "2 hours", "0 seconds"],
    expected: "a duration such as 5 seconds or 2 minutes, at most 1 hour"
  },
  DATABASE_PREPARED_STATEMENTS: {
    at: "database.preparedStatements",
    with: { DATABASE_URL: "postgres://u:p@db/a" },
    good: [
      ["on", true],
      ["off", false]
    ],
    bad: ["yes", "1", "ON", "true"],
    expected: "on or off"
  },
  VERIFYHUMAN_BASE_URL: {
    at: "verifyHuman.baseUrl",
    good: [
      ...same("https://proxy.example/verifyhuman", "http://localhost:9000"),
      ["https://proxy.example/", "https://proxy.example"]
    ],
    bad: [...badAddresses, "https://proxy.example?a=b"],
    expected: base
  },
  VERIFYHUMAN_API_KEY: {
    at: "verifyHuman.apiKey",
    with: { VERIFYHUMAN_BASE_URL: "http://localhost:9000" },
    ...key
  },
  VERIFYHUMAN_CLIENT_KEY: {
    at: "verifyHuman.clientKey",
    with: { VERIFYHUMAN_BASE_URL: "http://localhost:9000" },
    ...key
  },
  VERIFYHUMAN_AUTH_SCHEME: {
    at: "verifyHuman.authScheme",
    good: same("bearer", "x-api-key"),
    bad: ["Bearer", "basic", "X-API-Key"],
    expected: "bearer or x-api-key"
  },
  VERIFYHUMAN_SIGNATURE_SCHEME: {
    at: "webhooks.signatureScheme",
    good: same("body", "timestamp.body", "either"),
    bad: ["none", "timestamp", "body,timestamp.body"],
    expected: "body, timestamp.body or either"
  },
  VERIFYHUMAN_FLOW_URL: {
    at: "verifyHuman.flowUrl",
    good: same(
      "https://app.verifyhuman.io/flow/f",
      "https://app.verifyhuman.io/flow/{session_ref}?r={session_ref}&x=1",
      "http://localhost:9000/flow"
    ),
    bad: [
      "app.verifyhuman.io/flow/f",
      "http://app.verifyhuman.io/flow/f",
      "myapp://flow",
      "javascript://flow/%0Aalert(1)",
      "https://user@app.verifyhuman.io/flow/f",
      "https://app.verifyhuman.io/flow#{session_ref}",
      "https://{session_ref}.verifyhuman.io/flow",
      "{session_ref}"
    ],
    expected:
      "an https:// address, without user info and fragment, with or without {session_ref} in its path or query"
  },
  VERIFYHUMAN_PRODUCT: {
    at: "verifyHuman.product",
    good: same("verifyhuman", "verifyage", "verifyidentity", "verifycompliance"),
    bad: ["VerifyAge", "verifytrust", "verifyage,verifyidentity"],
    expected: "verifyhuman, verifyage, verifyidentity or verifycompliance"
  },
  VERIFYHUMAN_PRODUCTS: {
    at: "verifyHuman.products",
    good: [
      ["verifyage", ["verifyage"]],
      [" verifyage , verifyidentity,", ["verifyage", "verifyidentity"]],
      ["verifyage,verifyage", ["verifyage"]]
    ],
    bad: [",", "verifyage;verifyidentity", "verifyage,verifytrust", "*"],
    expected: "a comma-separated list of verifyhuman, verifyage, verifyidentity, verifycompliance"
  },
  VERIFYHUMAN_OUTCOMES: {
    at: "verifyHuman.outcomes",
    good: [
      ["clear=pass,expired_document=fail", { clear: "pass", expired_document: "fail" }],
      [" Clear = Pass , odd=review", { clear: "pass", odd: "review" }],
      ["a=pending,b=in_review", { a: "review", b: "review" }],
      ["clear=pass,CLEAR=pass", { clear: "pass" }]
    ],
    bad: [
      "clear",
      "clear=",
      "=pass",
      "clear=good",
      "clear=pass=fail",
      "clear:pass",
      "clear=constructor",
      "clear=pass,Clear=fail"
    ],
    expected: "a comma-separated list such as clear=pass,expired_document=fail (pass, fail or review)"
  },
  VERIFYHUMAN_EXPIRES_IN_HOURS: {
    at: "verifyHuman.expiresInHours",
    good: [
      ["1", 1],
      ["72", 72]
    ],
    bad: ["0", "73", "1.5", "-1", "1 hour", "one"],
    expected: "a whole number of hours, 1 to 72"
  },
  VERIFYHUMAN_PAGE_TITLE: { at: "verifyHuman.pageTitle", ...text },
  VERIFYHUMAN_SUCCESS_MESSAGE: { at: "verifyHuman.successMessage", ...text },
  VERIFYHUMAN_FAILURE_MESSAGE: { at: "verifyHuman.failureMessage", ...text },
  VERIFYHUMAN_TIMEOUT: {
    at: "verifyHuman.timeout",
    with: { VERIFYHUMAN_DEADLINE: "1 hour" },
    ...duration,
    good: [...duration.good, ["2 minutes", "2m"], ["1 hour", "1h"]]
  },
  VERIFYHUMAN_DEADLINE: {
    at: "verifyHuman.deadline",
    with: { VERIFYHUMAN_TIMEOUT: "1 millis" },
    ...duration,
    good: [...duration.good, ["60 minutes", "1h"]]
  },
  APP_REDIRECT_URL: {
    at: "redirects.appRedirectUrl",
    good: [
      ...same("myapp://verified", "https://app.example/done?a=b", "http://localhost:8080/done"),
      ["HTTPS://App.Example", "https://app.example/"]
    ],
    bad: [
      "myapp:",
      "myapp://",
      "app.example/done",
      "http://app.example/done",
      "javascript:alert(1)",
      "data:text/html,x",
      "https://user@app.example",
      "https://app.example/#done",
      "https://app.example/a b",
      `https://app.example/${"x".repeat(2048)}`
    ],
    expected: "a deep link (myapp://…) or an https:// address, without user info and fragment"
  },
  REDIRECT_URL_ALLOWLIST: {
    at: "redirects.allowlist",
    good: [
      [
        "myapp://verified, https://app.example:8443/a/b/,myapp://verified",
        [
          { scheme: "myapp:", host: "verified", segments: [] },
          { scheme: "https:", host: "app.example:8443", segments: ["a", "b"] }
        ]
      ]
    ],
    bad: [",", "*", "myapp://", "app.example", "https://app.example,app.example", "http://app.example"],
    expected: "a comma-separated list of prefixes: scheme and host, and a path if need be"
  },
  AUTH_JWKS_URL: {
    at: "auth.jwksUrl",
    good: same("https://team.example/jwks/", "http://sign-in:8080/jwks?tenant=1"),
    bad: badAddresses,
    expected: address
  },
  AUTH_JWT_SECRET: {
    at: "auth.jwtSecret",
    good: same(long("j"), `${long("j")}, with commas`),
    bad: ["short", "j".repeat(31), "é".repeat(15)],
    expected: "a secret of at least 32 bytes"
  },
  SERVICE_API_KEYS: { at: "auth.serviceKeys", ...longOnes("keys") },
  ADMIN_TOKENS: { at: "operators.tokens", ...longOnes("tokens") },
  ADMIN_READ_TOKENS: { at: "operators.readTokens", ...longOnes("tokens") },
  ACTION_WEBHOOK_URL: {
    at: "actions.url",
    with: { ACTION_WEBHOOK_SECRETS: signingSecret },
    good: same(
      "https://team.example/hooks/",
      "http://10.0.0.7:8080/hook?tenant=1",
      "http://localhost:4000",
      "http://[fd00::7]/hook"
    ),
    bad: [
      ...badAddresses,
      "http://169.254.169.254/latest/meta-data",
      "http://2852039166/",
      "http://0xa9fea9fe/",
      "http://169.254.1/",
      "http://[::ffff:169.254.169.254]/",
      "http://[fe80::1]/",
      "http://[febf::1]/",
      "http://[fd00:ec2::254]/",
      "http://metadata.google.internal/",
      "http://METADATA.google.internal./"
    ],
    expected: `${address}, and not link-local`
  },
  ACTION_WEBHOOK_SECRETS: {
    at: "actions.secrets",
    good: [
      [signingSecret, [signingSecret]],
      [
        `${signingSecret}, whsec_${Buffer.alloc(64, 1).toString("base64")}`,
        [signingSecret, `whsec_${Buffer.alloc(64, 1).toString("base64")}`]
      ]
    ],
    bad: [
      "whsec_",
      "whsec_!!!!",
      signingSecret.slice("whsec_".length),
      `whsec_${Buffer.alloc(23).toString("base64")}`,
      `whsec_${Buffer.alloc(65).toString("base64")}`,
      `${signingSecret},whsec_short`,
      `${signingSecret} ${signingSecret}`
    ],
    expected: "a comma-separated list of whsec_<base64 of 24 to 64 bytes>"
  },
  START_LIMIT: {
    at: "limits.start",
    good: [
      ["1 per second", { count: 1, windowMillis: 1000 }],
      ["20 per minute", { count: 20, windowMillis: 60_000 }],
      ["5 per hour", { count: 5, windowMillis: 3_600_000 }],
      ["100000 per day", { count: 100_000, windowMillis: 86_400_000 }]
    ],
    bad: [
      "5",
      "0 per hour",
      "-5 per hour",
      "1.5 per hour",
      "five per hour",
      "5 per 2 hours",
      "5 per hours",
      "5 per week",
      "5/hour",
      "5 per constructor",
      "per hour",
      "1000000 per day"
    ],
    expected: "a limit such as 5 per hour (second, minute, hour or day)"
  },
  RETENTION_DAYS: { at: "retention.days", ...days },
  REVIEW_DAYS: { at: "retention.reviewDays", ...days },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    at: "observability.otlpEndpoint",
    good: [["http://collector:4318/", "http://collector:4318"]],
    bad: [...badAddresses, "collector:4318"],
    expected: base
  },
  LOG_LEVEL: {
    at: "observability.logLevel",
    good: [
      ["trace", "TRACE"],
      ["debug", "DEBUG"],
      ["info", "INFO"],
      ["warn", "WARN"],
      ["Warning", "WARN"],
      ["ERROR", "ERROR"],
      ["fatal", "FATAL"],
      ["none", "OFF"]
    ],
    bad: ["verbose", "3", "constructor", "__proto__"],
    expected: "trace, debug, info, warn, warning, error, fatal, none"
  },
  LOG_FORMAT: {
    at: "observability.logFormat",
    good: same("pretty", "json"),
    bad: ["JSON", "text", "logfmt"],
    expected: "pretty or json"
  }
}

/** Any text is good for these. */
const free: Partial<Record<Name, Pick<Setting, "at" | "good">>> = {
  SANDBOX_BEHAVIOUR: { at: "sandbox.behaviour", good: same("late=3,duplicate=2") },
  VERIFYHUMAN_WEBHOOK_SECRETS: {
    at: "webhooks.secrets",
    good: [
      ["x", ["x"]],
      ["new secret, old", ["new secret", "old"]]
    ]
  },
  AUTH_ISSUER: { at: "auth.issuer", good: same("https://sign-in.example/") },
  AUTH_AUDIENCE: { at: "auth.audience", good: same("my app") },
  AUTH_USER_CLAIM: { at: "auth.userClaim", good: same("https://team.example/user_id") }
}

const at = (path: string, settings: unknown): unknown =>
  // biome-ignore lint/suspicious/noExplicitAny: a path of names leads wherever it leads
  path.split(".").reduce<any>((value, name) => value?.[name], settings)

describe("every variable", () => {
  it("stands in these tables, but for NODE_ENV, which is not ours", () => {
    assert.sameMembers([...Object.keys(settings), ...Object.keys(free), "NODE_ENV"], [...variableNames])
  })
})

const all: Partial<Record<Name, Pick<Setting, "at" | "with" | "good">>> = { ...settings, ...free }

describe.each(Object.entries(all))("%s", (name, { at: path, good, with: others }) => {
  it.effect("takes what is good", () =>
    Effect.gen(function* () {
      for (const [value, becomes] of good) {
        assert.deepStrictEqual(at(path, yield* readPlain({ ...others, [name]: value })), becomes, value)
      }
    })
  )
})

describe.each(Object.entries(settings))("%s", (name, { bad, expected, with: others }) => {
  it.effect("refuses what is not, and nothing else", () =>
    Effect.gen(function* () {
      for (const value of bad) {
        const { message, problems } = yield* refusal({ ...others, [name]: value })
        assert.deepStrictEqual(problems, [{ variable: name, expected }], `${name}=${value}`)
        assert.strictEqual(message, `The settings are not usable:\n  ${name}: expected ${expected}`)
      }
    })
  )
})
