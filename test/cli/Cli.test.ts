import { assert, beforeAll, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import manifest from "../../package.json" with { type: "json" }
import { builtBundle } from "../e2e/bundle.js"
import { scratchDirectory } from "../e2e/process.js"
import { ranToItsEnd } from "./commandLine.js"

beforeAll(() => Effect.runPromise(builtBundle), 180_000)

const ran = (args: ReadonlyArray<string>, env: Record<string, string> = {}) =>
  Effect.flatMap(scratchDirectory, (cwd) => ranToItsEnd(args, { cwd, env }))

const hook = ["--webhook-url", "http://localhost:9000/hook"]
const secret = ["--webhook-secret", "whsec_of_mine"]

describe("help", () => {
  it.scopedLive.each([
    [["--help"], ["- serve", "- sandbox", "- migrate", "- openapi", "Without a command: serve"]],
    [
      ["serve", "--help"],
      ["environment variables", ".env"]
    ],
    [
      ["sandbox", "--help"],
      [
        "--webhook-url URL",
        "--webhook-secret SECRET",
        "--host HOST",
        "--port PORT",
        "--public-url URL",
        "--behaviour LIST",
        "late=SECONDS"
      ]
    ],
    [
      ["migrate", "--help"],
      ["DATABASE_URL", "--json"]
    ],
    [["openapi", "--help"], ["OpenAPI 3.1"]]
  ] as const)("%j", ([args, told]) =>
    Effect.gen(function* () {
      const { code, stderr, stdout } = yield* ran(args)
      assert.deepStrictEqual([code, stderr], [0, ""])
      for (const part of [...told, "0 good, 1 failed, 2 wrong usage"]) assert.include(stdout, part)
      assert.notInclude(stdout, "\u001b", "colours, where nobody looks at a terminal")
    })
  )

  it.scopedLive("--version", () =>
    Effect.gen(function* () {
      const { code, stderr, stdout } = yield* ran(["--version"])
      assert.deepStrictEqual([code, stdout.trim(), stderr], [0, manifest.version, ""])
    })
  )

  it.scopedLive("is there whatever the settings are", () =>
    Effect.gen(function* () {
      const { code } = yield* ran(["--help"], { VERIFYHUMAN_ENVIRONMENT: "nowhere", PORT: "none" })
      assert.strictEqual(code, 0)
    })
  )
})

describe("wrong usage", () => {
  it.scopedLive.each<{ args: ReadonlyArray<string>; env?: Record<string, string>; told: string }>([
    { args: ["nonsense"], told: "use one of 'serve', 'sandbox', 'migrate', 'openapi'" },
    { args: ["--nonsense"], told: "use one of 'serve', 'sandbox', 'migrate', 'openapi'" },
    { args: ["serve", "--nonsense"], told: "'--nonsense'" },
    { args: ["openapi", "--yaml"], told: "'--yaml'" },
    { args: ["sandbox"], told: "'--webhook-url'" },
    { args: ["sandbox", ...hook], told: "'--webhook-secret'" },
    { args: ["sandbox", ...hook, ...secret, "--nonsense"], told: "'--nonsense'" },
    ...["localhost:9000", "ftp://localhost/hook"].map((url) => ({
      args: ["sandbox", "--webhook-url", url, ...secret],
      told: "--webhook-url: expected an http:// or https:// address"
    })),
    { args: ["sandbox", ...hook, "--webhook-secret", " "], told: "--webhook-secret: expected a secret" },
    ...["65536", "http"].map((port) => ({
      args: ["sandbox", ...hook, ...secret, "--port", port],
      told: "--port: expected a port number, 1 to 65535"
    })),
    {
      args: ["sandbox", ...hook, ...secret, "--host", "localhost:3001"],
      told: "--host: expected an address such as 127.0.0.1 or 0.0.0.0"
    },
    {
      args: ["sandbox", ...hook, ...secret, "--public-url", "nowhere"],
      told: "--public-url: expected an http:// or https:// address without a query"
    },
    {
      args: ["sandbox", ...hook, ...secret, "--behaviour", "late=3,kind"],
      told: "--behaviour (or SANDBOX_BEHAVIOUR): expected a comma-separated list of late=SECONDS, duplicate=N"
    },
    {
      args: ["sandbox", ...hook, ...secret],
      env: { SANDBOX_BEHAVIOUR: "kind" },
      told: "--behaviour (or SANDBOX_BEHAVIOUR): expected a comma-separated list of late=SECONDS, duplicate=N"
    }
  ])("$args", ({ args, env, told }) =>
    Effect.gen(function* () {
      const { code, stderr, stdout } = yield* ran(args, env)
      assert.deepStrictEqual([code, stdout], [2, ""])
      assert.include(stderr, told)
      assert.isTrue(stderr.endsWith("\nverifyhuman-dropin --help tells what can be asked for.\n"), stderr)
      assert.notMatch(stderr, /^\s+at |whsec_of_mine|\u001b/m)
    })
  )
})

describe("openapi", () => {
  it.scopedLive("prints the description of the service", () =>
    Effect.gen(function* () {
      const { code, stderr, stdout } = yield* ran(["openapi"])
      assert.deepStrictEqual([code, stderr], [0, ""])
      const described = JSON.parse(stdout)
      assert.strictEqual(described.openapi, "3.1.0")
      assert.includeMembers(Object.keys(described.paths), [
        "/api/start-verification",
        "/api/verify-status",
        "/api/webhooks/verifyhuman"
      ])
    })
  )
})
