import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { ask, emptyDatabase } from "../postgres/database.js"
import { aNodeStarter } from "./node.js"
import { aProxy } from "./proxy.js"
import { answered, aSession, assertUnavailable, eventually, untilDone } from "./requests.js"

describe("a node that is cut off in the middle of a transaction", () => {
  it.scopedLive(
    "holds up the others no longer than PostgreSQL lets it",
    () =>
      Effect.gen(function* () {
        const database = yield* emptyDatabase
        const proxy = yield* aProxy(database)
        const serve = yield* aNodeStarter
        const cutOff = yield* serve(proxy.url, { DATABASE_STATEMENT_TIMEOUT: "1 second" })
        const other = yield* serve(database, { DATABASE_LOCK_TIMEOUT: "1 second" })
        const { pass, sessionRef } = yield* cutOff.at(aSession)
        yield* proxy.treat((statement, before) =>
          /^\s*COMMIT/i.test(statement) && before.some((earlier) => earlier.includes("INSERT INTO events"))
            ? "hold"
            : "pass"
        )
        const left = yield* cutOff.at(answered(pass)).pipe(Effect.fork)
        yield* eventually(
          "it has written",
          Effect.sync(() => proxy.held.length === 1)
        )
        yield* other.at(untilDone(pass))
        assertUnavailable(yield* Fiber.join(left))
        assert.deepStrictEqual(yield* ask(database, "SELECT session_ref, copies FROM events"), [
          { session_ref: sessionRef, copies: 1 }
        ])
      }),
    60_000
  )
})
