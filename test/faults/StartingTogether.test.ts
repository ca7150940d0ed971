import { join } from "node:path"
import { assert, beforeAll, describe, it } from "@effect/vitest"
import Database from "better-sqlite3"
import { Effect } from "effect"
import { ranToItsEnd } from "../cli/commandLine.js"
import { settings } from "../e2e/backend.js"
import { builtBundle } from "../e2e/bundle.js"
import { scratchDirectory } from "../e2e/process.js"
import { ask, emptyDatabase } from "../postgres/database.js"
import { aNodeStarter } from "./node.js"

beforeAll(() => Effect.runPromise(builtBundle), 180_000)

const later =
  "INSERT INTO schema_migrations (migration_id, created_at, name) VALUES (9999, CURRENT_TIMESTAMP, 'later')"

const otherwise = "UPDATE schema_migrations SET name = 'otherwise' WHERE migration_id = 1"

const newer = "it has schema 9999, this program knows \\d+: it was used by a newer "
const foreign = "its schema has the step 0001_otherwise, which this program does not know: "

/** Starts where another program was, and says so. */
const refused = (cwd: string, database: string, why: string) =>
  Effect.map(
    ranToItsEnd(["serve"], { cwd, env: { ...settings("http://127.0.0.1:1"), DATABASE_URL: database } }),
    ({ code, stderr, stdout }) => {
      assert.deepStrictEqual([code, stdout], [1, ""], stderr)
      assert.match(stderr, new RegExp(`^DATABASE_URL: cannot use [^\\n]+: ${why}[^\\n]+\\n$`))
      assert.notInclude(stderr, "password")
    }
  )

describe("a database and the programs that start on it", () => {
  it.scopedLive(
    "several at once: all are ready, and the schema is made once",
    () =>
      Effect.gen(function* () {
        const database = yield* emptyDatabase
        const serve = yield* aNodeStarter
        yield* Effect.all([serve(database), serve(database), serve(database), serve(database)], {
          concurrency: "unbounded"
        })
        const steps = yield* ask(database, "SELECT name FROM schema_migrations ORDER BY migration_id")
        assert.deepStrictEqual(steps, [{ name: "tables" }, { name: "past_verdicts" }])
      }),
    90_000
  )

  for (const [program, change, why] of [
    ["a newer program", later, newer],
    ["a program with another schema of the same number", otherwise, foreign]
  ] as const) {
    it.scopedLive(`PostgreSQL, when it was used by ${program}: refused`, () =>
      Effect.gen(function* () {
        const cwd = yield* scratchDirectory
        const database = yield* emptyDatabase
        yield* ranToItsEnd(["migrate"], { cwd, env: { DATABASE_URL: database } })
        yield* ask(database, change)
        yield* refused(cwd, database, why)
      })
    )

    it.scopedLive(`SQLite, when it was used by ${program}: refused`, () =>
      Effect.gen(function* () {
        const cwd = yield* scratchDirectory
        yield* ranToItsEnd(["migrate"], { cwd, env: { DATABASE_URL: "sqlite:a.db" } })
        const file = new Database(join(cwd, "a.db"))
        file.exec(change)
        file.close()
        yield* refused(cwd, "sqlite:a.db", why)
      })
    )
  }
})
