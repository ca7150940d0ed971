import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { ask, emptyDatabase } from "../postgres/database.js"
import { aNodeStarter } from "./node.js"
import { aProxy } from "./proxy.js"
import { aReceiver } from "./receiver.js"
import { aSession, eventually, untilDone } from "./requests.js"

const isClaim = (statement: string) => /UPDATE actions SET attempts = attempts \+ 1/.test(statement)

/** Leases run out for all of them at the same time. */
const concurrent = { concurrent: true, timeout: 120_000 }

/** Longer than the pause before a second try. */
const afterwards = Effect.sleep("7 seconds")

const actionsOf = (database: string) =>
  ask(database, "SELECT sequence, state, attempts FROM actions ORDER BY sequence")

describe("a node that is frozen past its lease", () => {
  it.scopedLive(
    "in the middle of a delivery: another takes over, and what it makes of the answer later does not count",
    () =>
      Effect.gen(function* () {
        const database = yield* emptyDatabase
        const receiver = yield* aReceiver
        const serve = yield* aNodeStarter
        const frozen = yield* serve(database, receiver.env)
        const { pass, review, sessionRef } = yield* frozen.at(aSession)
        yield* receiver.hold
        yield* frozen.at(untilDone(review))
        yield* eventually(
          "it delivers",
          Effect.sync(() => receiver.held() === 1)
        )
        yield* frozen.signal("SIGSTOP")
        yield* receiver.take

        const other = yield* serve(database, receiver.env)
        yield* other.at(untilDone(pass))
        yield* eventually(
          "another has taken over",
          Effect.sync(() => receiver.firsts(sessionRef).length === 2)
        )
        yield* receiver.answerHeld(500)
        yield* frozen.signal("SIGCONT")
        yield* afterwards
        assert.deepStrictEqual(receiver.of(sessionRef), [1, 1, 2])
        assert.deepStrictEqual(yield* actionsOf(database), [
          { sequence: 1, state: "delivered", attempts: 2 },
          { sequence: 2, state: "delivered", attempts: 1 }
        ])
      }),
    concurrent
  )

  it.scopedLive(
    "between its claim and its delivery: it delivers nothing any more",
    () =>
      Effect.gen(function* () {
        const database = yield* emptyDatabase
        const proxy = yield* aProxy(database)
        const receiver = yield* aReceiver
        const serve = yield* aNodeStarter
        const frozen = yield* serve(proxy.url, {
          ...receiver.env,
          DATABASE_STATEMENT_TIMEOUT: "2 minutes"
        })
        const { pass, review, sessionRef } = yield* frozen.at(aSession)
        yield* proxy.treat((statement) => (isClaim(statement) ? "refuse" : "pass"))
        yield* frozen.at(untilDone(review))
        yield* proxy.treat((statement) => (isClaim(statement) ? "hold" : "pass"))
        yield* eventually(
          "it claims",
          Effect.sync(() => proxy.held.length === 1)
        )
        yield* frozen.signal("SIGSTOP")
        const [link] = proxy.held
        link?.holdAnswer()
        link?.release()
        yield* eventually(
          "it has claimed",
          Effect.sync(() => link?.hasAnswer() === true)
        )
        link?.releaseAnswer()
        yield* proxy.treat(() => "pass")

        const other = yield* serve(database, receiver.env)
        yield* other.at(untilDone(pass))
        yield* eventually(
          "another has taken over",
          Effect.sync(() => receiver.firsts(sessionRef).length === 2)
        )
        yield* frozen.signal("SIGCONT")
        yield* afterwards
        assert.deepStrictEqual(receiver.of(sessionRef), [1, 2])
        assert.deepStrictEqual(yield* actionsOf(database), [
          { sequence: 1, state: "delivered", attempts: 2 },
          { sequence: 2, state: "delivered", attempts: 1 }
        ])
      }),
    concurrent
  )
})
