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

/** Starts where a newer program was; what it says. */
const refused = (cwd: string, database: string) =>
  Effect.map(
    ranToItsEnd(["serve"], { cwd, env: { ...settings("http://127.0.0.1:1"), DATABASE_URL: database } }),
    ({ code, stderr, stdout }) => {
      assert.deepStrictEqual([code, stdout], [1, ""], stderr)
      assert.match(
        stderr,
        /^DATABASE_URL: cannot use [^\n]+: it has schema 9999, this program knows \d+: it was used by a newer [^\n]+\n$/
      )
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
        const steps = yield* ask(database, "SELECT name FROM schema_migrations")
        assert.deepStrictEqual(steps, [{ name: "initial" }])
      }),
    90_000
  )

  it.scopedLive("PostgreSQL, when it was used by a newer program: refused", () =>
    Effect.gen(function* () {
      const cwd = yield* scratchDirectory
      const database = yield* emptyDatabase
      yield* ranToItsEnd(["migrate"], { cwd, env: { DATABASE_URL: database } })
      yield* ask(database, later)
      yield* refused(cwd, database)
    })
  )

  it.scopedLive("SQLite, when it was used by a newer program: refused", () =>
    Effect.gen(function* () {
      const cwd = yield* scratchDirectory
      yield* ranToItsEnd(["migrate"], { cwd, env: { DATABASE_URL: "sqlite:a.db" } })
      const file = new Database(join(cwd, "a.db"))
      file.exec(later)
      file.close()
      yield* refused(cwd, "sqlite:a.db")
    })
  )
})
