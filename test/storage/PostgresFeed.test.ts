import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Fiber, Layer, Redacted, Schedule, TestClock, TestServices } from "effect"
import { SessionFeed } from "../../src/sessions/SessionFeed.js"
import { postgresClient, postgresStatements } from "../../src/storage/PostgresDatabase.js"
import { postgresFeed } from "../../src/storage/PostgresFeed.js"
import { aProxy } from "../faults/proxy.js"
import { ask, emptyDatabase, postgresOptions } from "../postgres/database.js"
import { aHostedSession } from "../suites/fixtures.js"
import { capturedLogs } from "../suites/logs.js"
import { testPorts } from "../suites/storage.js"

const feeds = "FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE '% feed'"

const patiently = <A, E, R>(wait: Effect.Effect<A, E, R>) =>
  TestServices.provideLive(Effect.timeout(wait, "20 seconds"))

/** Time stands still for the feed; what the server does takes its own. */
const until = (isSo: Effect.Effect<boolean>) =>
  patiently(Effect.repeat(isSo, { schedule: Schedule.spaced("20 millis"), until: (so) => so }))

/** Of real time. */
const aMoment = Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 50)))

const aFeed = (url: string) => {
  const options = postgresOptions(url)
  return Layer.build(
    testPorts.pipe(
      Layer.provide(postgresStatements(options)),
      Layer.merge(postgresFeed(Redacted.make(url))),
      Layer.provide(postgresClient(options))
    )
  )
}

describe("the feed over PostgreSQL", () => {
  it.scoped("tells what happened while nobody listened, as soon as it listens again", () =>
    Effect.gen(function* () {
      const database = yield* emptyDatabase
      const context = yield* aFeed(database)
      const { sessionRef } = yield* Effect.provide(aHostedSession, context)
      const feed = Context.get(context, SessionFeed)
      yield* until(
        Effect.map(ask(database, `SELECT 1 ${feeds} AND query LIKE 'LISTEN%'`), ({ length }) => length === 1)
      )
      yield* ask(database, `SELECT pg_terminate_backend(pid) ${feeds}`)
      yield* until(Effect.map(ask(database, `SELECT 1 ${feeds}`), ({ length }) => length === 0))
      const { news } = yield* feed.subscribe(sessionRef)
      const told = yield* Effect.fork(news)
      yield* ask(database, "UPDATE sessions SET sequence = sequence + 1")
      yield* ask(database, `SELECT pg_notify('verifyhuman_dropin_sessions', '${sessionRef}')`)
      yield* aMoment
      assert.isNull(told.unsafePoll())
      yield* TestClock.adjust("200 millis")
      yield* patiently(Fiber.join(told))
    })
  )

  it.scoped.each([
    { what: "refused", treatment: "refuse" as const },
    { what: "answered, and heard by nobody", treatment: "lose" as const }
  ])(
    "tells within seconds where LISTEN is $what, and says so once however often it tries",
    ({ treatment }) => {
      const logs = capturedLogs()
      return Effect.gen(function* () {
        const database = yield* emptyDatabase
        const proxy = yield* aProxy(database)
        let attempts = 0
        yield* proxy.treat((statement) => {
          if (!statement.startsWith("LISTEN")) return "pass"
          attempts += 1
          return treatment
        })
        const context = yield* aFeed(proxy.url)
        const { sessionRef } = yield* Effect.provide(aHostedSession, context)
        const { news } = yield* Context.get(context, SessionFeed).subscribe(sessionRef)
        const tried = (times: number) =>
          Effect.repeat(Effect.zipRight(TestClock.adjust("10 seconds"), aMoment), {
            until: () => attempts >= times
          })

        yield* tried(1)
        yield* patiently(news)
        for (let change = 0; change < 2; change++) {
          yield* ask(database, "UPDATE sessions SET sequence = sequence + 1")
          const told = yield* Effect.fork(news)
          // A look that was under way when the row changed has to end before the next can begin.
          const passing = Effect.forever(Effect.zipRight(TestClock.adjust("1 second"), aMoment))
          yield* Effect.raceFirst(patiently(Fiber.join(told)), passing)
          yield* tried(attempts + 1)
        }
        assert.isAtLeast(attempts, 3)
        assert.strictEqual(logs.of("LISTEN does not work").length, 1)
      }).pipe(Effect.provide(logs.layer))
    }
  )
})
