import { assert, beforeAll, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { builtBundle } from "../e2e/bundle.js"
import { freePort, scratchDirectory } from "../e2e/process.js"
import { ask, emptyDatabase } from "../postgres/database.js"
import { ranToItsEnd } from "./commandLine.js"

beforeAll(() => Effect.runPromise(builtBundle), 180_000)

const migrate = (database: string, ...options: ReadonlyArray<string>) =>
  Effect.flatMap(scratchDirectory, (cwd) =>
    ranToItsEnd(["migrate", ...options], { cwd, env: { DATABASE_URL: database } })
  )

const changed = (database: string, change: (url: URL) => void) => {
  const url = new URL(database)
  change(url)
  return url.href
}

describe("migrate", () => {
  it.scopedLive("makes the schema, says so, and has nothing left to do", () =>
    Effect.gen(function* () {
      const database = yield* emptyDatabase
      assert.deepStrictEqual(yield* migrate(database), {
        code: 0,
        stdout: "applied 0001_tables\napplied 0002_past_verdicts\n",
        stderr: ""
      })
      assert.deepStrictEqual(yield* ask(database, "SELECT count(*)::int AS n FROM sessions"), [{ n: 0 }])
      assert.deepStrictEqual(yield* migrate(database), {
        code: 0,
        stdout: "The schema is up to date.\n",
        stderr: ""
      })
    })
  )

  it.scopedLive("says so as JSON", () =>
    Effect.gen(function* () {
      const database = yield* emptyDatabase
      const told = []
      for (let time = 0; time < 2; time++) {
        const { code, stderr, stdout } = yield* migrate(database, "--json")
        assert.deepStrictEqual([code, stderr], [0, ""])
        told.push(JSON.parse(stdout))
      }
      assert.deepStrictEqual(told, [{ applied: ["0001_tables", "0002_past_verdicts"] }, { applied: [] }])
    })
  )

  it.scopedLive("fails where the password is wrong, and where nobody listens, and shows no password", () =>
    Effect.gen(function* () {
      const database = yield* emptyDatabase
      const port = yield* freePort
      const secret = "a-secret-of-the-database"
      const wrong = changed(database, (url) => {
        url.password = secret
      })
      const nowhere = changed(wrong, (url) => {
        url.port = String(port)
      })
      for (const url of [wrong, nowhere]) {
        for (const options of [[], ["--json"]]) {
          const { code, stderr, stdout } = yield* migrate(url, ...options)
          assert.deepStrictEqual([code, stdout], [1, ""], stderr)
          assert.match(stderr, /^DATABASE_URL: cannot use postgres:\/\/127\.0\.0\.1:\d+\/test_\w+: [^\n]+\n$/)
          assert.notInclude(stderr, secret)
        }
      }
    })
  )
})
