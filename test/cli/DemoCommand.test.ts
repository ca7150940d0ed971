import { existsSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, beforeAll, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { builtBundle } from "../e2e/bundle.js"
import { command } from "../e2e/process.js"
import { wrote } from "./commandLine.js"
import { aPlace } from "./sandboxService.js"

beforeAll(() => Effect.runPromise(builtBundle), 180_000)

describe("demo", () => {
  it.scopedLive("runs in memory, whatever DATABASE_URL says, and says what to open", () =>
    Effect.gen(function* () {
      const { cwd, env, port } = yield* aPlace
      writeFileSync(join(cwd, ".env"), "DATABASE_URL=sqlite:from-the-file.db\n")
      for (const database of [{ DATABASE_URL: "sqlite:kept.db" }, {}]) {
        const { DATABASE_URL: _, ...others } = env
        const service = yield* command(["demo"], { cwd, env: { ...others, ...database } })
        yield* wrote(service, "admin token")
        assert.include(service.stdout(), `http://localhost:${port}/demo`)
        const { status } = yield* Effect.promise(() =>
          fetch(`http://127.0.0.1:${port}/health/ready`, { headers: { connection: "close" } })
        )
        assert.strictEqual(status, 200)
        assert.deepStrictEqual(yield* service.stop("SIGTERM"), { code: 0, signal: null })
      }
      for (const file of ["kept.db", "from-the-file.db", "data"]) assert.isFalse(existsSync(join(cwd, file)))
    })
  )

  it.scopedLive("does not run where people are verified", () =>
    Effect.gen(function* () {
      const { cwd, failure } = yield* aPlace
      for (const environment of ["test", "live"]) {
        const told = `VERIFYHUMAN_ENVIRONMENT is ${environment}: the demo runs only in the sandbox`
        assert.include(yield* failure(["demo"], { VERIFYHUMAN_ENVIRONMENT: environment }), told)
        writeFileSync(join(cwd, ".env"), `VERIFYHUMAN_ENVIRONMENT=${environment}\n`)
        assert.include(yield* failure(["demo"]), told)
        writeFileSync(join(cwd, ".env"), "")
      }
    })
  )
})
