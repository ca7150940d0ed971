import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { aUser, start, status } from "../http/harness.js"
import { aNodeStarter } from "./node.js"
import { aReceiver } from "./receiver.js"
import { answered, aSession, eventually, isDone, untilDone } from "./requests.js"
import { aServer } from "./server.js"
import { assertKept, watchingReadiness } from "./traffic.js"

const atOnce = { concurrency: "unbounded" } as const

describe("PostgreSQL that does not answer", () => {
  it.scopedLive(
    "makes nobody hang, and all goes on by itself when it does again",
    () =>
      Effect.gen(function* () {
        const server = yield* aServer
        const receiver = yield* aReceiver
        const serve = yield* aNodeStarter
        const node = yield* serve(server.url, { ...receiver.env, DATABASE_STATEMENT_TIMEOUT: "1 second" })
        const { last } = yield* watchingReadiness(node)
        const sessions = yield* node.at(Effect.replicateEffect(aSession, 30))
        const users = yield* Effect.replicateEffect(aUser(), 10)

        yield* Effect.acquireRelease(server.freeze, () => server.thaw)
        for (let round = 0; round < 3; round++) {
          const done = yield* Effect.forEach(
            [
              ...sessions.slice(10 * round, 10 * round + 10).map(({ review }) => review),
              ...sessions.slice(0, 10).map(({ sessionRef, user }) => status(user, sessionRef)),
              ...users.map((user) => start(user))
            ],
            (request) => Effect.map(node.at(answered(request)), isDone),
            atOnce
          )
          assert.isFalse(done.includes(true))
        }
        yield* eventually(
          "it is not ready",
          Effect.sync(() => last() === 503)
        )
        yield* server.thaw

        yield* eventually(
          "it is ready",
          Effect.sync(() => last() === 200)
        )
        yield* Effect.forEach(
          sessions,
          ({ pass, review }) => Effect.zipRight(node.at(untilDone(review)), node.at(untilDone(pass))),
          { concurrency: 8 }
        )
        yield* Effect.forEach(users, (user) => node.at(untilDone(start(user))), { concurrency: 8 })
        yield* assertKept(node, sessions)
        yield* eventually(
          "all actions arrive",
          Effect.sync(() => sessions.every(({ sessionRef }) => receiver.firsts(sessionRef).length === 2))
        )
        for (const { sessionRef } of sessions) assert.deepStrictEqual(receiver.firsts(sessionRef), [1, 2])
        assert.strictEqual(node.said("Request failed"), 0)
        assert.strictEqual(node.said("LISTEN does not work"), 0)
      }),
    150_000
  )
})
