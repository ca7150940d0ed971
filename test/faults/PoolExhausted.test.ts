import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import pg from "pg"
import { aUser, ask as request, start, status } from "../http/harness.js"
import { emptyDatabase } from "../postgres/database.js"
import { aNodeStarter } from "./node.js"
import { aReceiver } from "./receiver.js"
import { answered, aSession, eventually, isDone, readiness, untilDone } from "./requests.js"

/** Nobody can read or write events, until it is given back. */
const eventsLocked = (database: string) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.promise(async () => {
        const client = new pg.Client({ connectionString: database })
        await client.connect()
        await client.query("BEGIN; LOCK TABLE events IN ACCESS EXCLUSIVE MODE")
        return client
      }),
      (client) => Effect.promise(() => client.end())
    ),
    (client) => Effect.promise(() => client.query("COMMIT"))
  )

const atOnce = { concurrency: "unbounded" } as const

describe("a pool whose connections are all held up", () => {
  it.scopedLive(
    "makes nobody hang, and works again when they come free",
    () =>
      Effect.gen(function* () {
        const database = yield* emptyDatabase
        const receiver = yield* aReceiver
        const serve = yield* aNodeStarter
        const node = yield* serve(database, { ...receiver.env, DATABASE_POOL_SIZE: "2" })
        const sessions = yield* node.at(Effect.replicateEffect(aSession, 40))
        const users = yield* Effect.replicateEffect(aUser(), 20)

        const release = yield* eventsLocked(database)
        const live = yield* answered(request("/health/live")).pipe(
          node.at,
          Effect.tap(({ status }) => assert.strictEqual(status, 200)),
          Effect.delay("50 millis"),
          Effect.forever,
          Effect.fork
        )
        const storm = yield* Effect.all(
          [
            Effect.forEach(sessions, ({ review }) => Effect.map(answered(review), isDone), atOnce),
            Effect.forEach(users, (user) => Effect.map(answered(start(user)), isDone), atOnce)
          ],
          atOnce
        ).pipe(node.at)
        assert.isNull(live.unsafePoll(), "it lives all the time")
        yield* Fiber.interrupt(live)
        assert.isFalse(storm[0].some((done) => done))
        yield* release

        assert.strictEqual((yield* node.at(untilDone(readiness))).status, 200)
        for (const { pass, review, sessionRef, user } of sessions) {
          yield* node.at(untilDone(review))
          yield* node.at(untilDone(pass))
          assert.strictEqual((yield* node.at(status(user, sessionRef))).json.status, "pass")
        }
        for (const user of users) yield* node.at(untilDone(start(user)))
        yield* eventually(
          "all actions arrive",
          Effect.sync(() => sessions.every(({ sessionRef }) => receiver.firsts(sessionRef).length === 2))
        )
        for (const { sessionRef } of sessions) assert.deepStrictEqual(receiver.firsts(sessionRef), [1, 2])
        assert.strictEqual(node.said("Request failed"), 0)
      }),
    120_000
  )
})
