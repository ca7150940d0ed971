import { execFileSync } from "node:child_process"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
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
  it.scopedLive.each<readonly [args: ReadonlyArray<string>, told: ReadonlyArray<string>]>([
    [
      ["--help"],
      [
        ...["serve", "sandbox", "demo", "doctor", "trigger", "migrate", "token", "openapi"],
        ...["sessions list", "sessions show", "sessions erase"],
        ...["events list", "events show", "events link", "events replay", "events rejected"],
        ...["actions list", "actions redrive"]
      ]
        .map((name) => `  - ${name}  `)
        .concat("Without a command: serve", "--completions bash")
    ],
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
    [["openapi", "--help"], ["OpenAPI 3.1"]],
    [
      ["demo", "--help"],
      ["in memory", "sandbox"]
    ],
    [
      ["doctor", "--help"],
      ["--delivery FILE", "--signature", "--url URL", "--token TOKEN", "--json"]
    ],
    [
      ["trigger", "--help"],
      ["--scheme body | timestamp.body", "--wrong-secret", "--repeat N", "--print"]
    ],
    [
      ["token", "--help"],
      ["--user ID", "--expires-in", "AUTH_JWT_SECRET"]
    ],
    [["sessions"], ["- list", "- show", "- erase"]],
    [
      ["sessions", "list", "--help"],
      ["--status", "--verification-id", "--all", "PUBLIC_URL", "ADMIN_TOKEN"]
    ],
    [
      ["sessions", "erase", "--help"],
      ["--yes", "USER_ID"]
    ],
    [
      ["events", "link", "--help"],
      ["EVENT_ID", "SESSION_REF"]
    ],
    [
      ["actions", "redrive", "--help"],
      ["--all-dead", "ACTION_ID"]
    ]
  ])("%j", ([args, told]) =>
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

const commands =
  "use one of 'serve', 'sandbox', 'demo', 'doctor', 'trigger', 'sessions', 'events', 'actions', 'migrate', 'token', 'openapi'"

describe("wrong usage", () => {
  it.scopedLive.each<{ args: ReadonlyArray<string>; env?: Record<string, string>; told: string }>([
    { args: ["nonsense"], told: commands },
    { args: ["--nonsense"], told: commands },
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

describe("completions", () => {
  it.scopedLive.each(["bash", "zsh", "fish"])("for %s name every command", (shell) =>
    Effect.gen(function* () {
      const { code, stderr, stdout } = yield* ran(["--completions", shell])
      assert.deepStrictEqual([code, stderr], [0, ""])
      for (const name of ["serve", "doctor", "redrive", "all-dead"]) assert.include(stdout, name)
    })
  )

  const completed = Effect.fnUntraced(function* (words: string) {
    const cwd = yield* scratchDirectory
    const script = join(cwd, "completions")
    writeFileSync(script, (yield* ran(["--completions", "bash"])).stdout)
    const program = `. "${script}"; COMP_WORDS=(${words}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
      _verifyhuman-dropin_bash_completions verifyhuman-dropin; echo "\${COMPREPLY[@]}"`
    return execFileSync("bash", ["-c", program], { encoding: "utf8" }).trim().split(" ")
  })

  it.scopedLive.each([
    { words: 'verifyhuman-dropin ""', found: ["serve", "events", "doctor"] },
    { words: 'verifyhuman-dropin events ""', found: ["list", "show", "link", "replay", "rejected"] },
    { words: "verifyhuman-dropin actions redrive --", found: ["--all-dead", "--token", "--json"] }
  ])("in bash go on after $words", ({ found, words }) =>
    Effect.gen(function* () {
      assert.includeMembers(yield* completed(words), found)
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
