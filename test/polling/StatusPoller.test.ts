import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Random, TestClock } from "effect"
import { Product } from "../../src/domain/Product.js"
import { SessionFeed } from "../../src/sessions/SessionFeed.js"
import { SessionRepository } from "../../src/sessions/SessionRepository.js"
import { admit, anAudit } from "../suites/fixtures.js"
import { capturedLogs } from "../suites/logs.js"
import { aProvider, eventsOf, json, pass, polling, start, track, verdictOf } from "./asking.js"

describe("the status poller", () => {
  it.scoped("asks first after two seconds, then ever more seldom, up to a minute", () =>
    polling(
      Effect.gen(function* () {
        const provider = aProvider()
        yield* track()
        yield* Layer.build(provider.poller)
        yield* pass(5)
        const times = provider.times()
        assert.strictEqual(times[0], 2000)
        const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0))
        const least = [3000, 4500, 6750, 10_125, 15_187, 22_781, 34_171, 51_257, 60_000, 60_000]
        assert.isAtLeast(pauses.length, 9)
        for (const [index, pause] of pauses.entries()) {
          assert.isAtLeast(pause, least[index] ?? Number.NaN)
          assert.isBelow(pause, (least[index] ?? 0) + 501)
        }
      })
    )
  )

  it.scoped("asks a little earlier as chance says", () =>
    polling(
      Effect.gen(function* () {
        const provider = aProvider()
        yield* track()
        yield* Effect.withRandom(Layer.build(provider.poller), Random.fixed([0.999]))
        yield* TestClock.adjust("10 seconds")
        assert.deepStrictEqual(provider.times(), [2000, 4500, 8500])
      })
    )
  )

  it.scoped.each(Product.literals)("%s: an answer that decides is an event, and ends the asking", (product) =>
    polling(
      Effect.gen(function* () {
        const feed = yield* SessionFeed
        const provider = aProvider((_, call) => (call < 3 ? {} : { outcome: "PASS" }))
        const { sessionRef } = yield* track({ product })
        const { news } = yield* feed.subscribe(sessionRef)
        yield* Layer.build(provider.poller)
        yield* TestClock.adjust("9 seconds")
        const waiting = yield* Effect.fork(news)
        assert.deepStrictEqual(yield* verdictOf(sessionRef), ["pending", "awaiting_result"])
        yield* TestClock.adjust("1 second")
        yield* Fiber.join(waiting)
        assert.deepStrictEqual(yield* verdictOf(sessionRef), ["pass", null])
        const events = yield* eventsOf(sessionRef)
        assert.lengthOf(events, 1)
        assert.deepInclude(events[0], { source: "poll", state: "applied", receivedAt: start + 9500 })
        yield* pass(2)
        assert.lengthOf(provider.calls, 3)
      })
    )
  )

  it.scoped("asks no more once a webhook has decided", () =>
    polling(
      Effect.gen(function* () {
        const provider = aProvider()
        const { id, sessionRef } = yield* track()
        yield* Layer.build(provider.poller)
        yield* TestClock.adjust("3 seconds")
        yield* admit({ sessionId: id, status: "FAIL" })
        assert.deepStrictEqual(yield* verdictOf(sessionRef), ["fail", "declined"])
        yield* pass(2)
        assert.deepStrictEqual(provider.times(), [2000])
      })
    )
  )

  it.scoped("asks no more once the session has expired or is erased, an answer under way included", () =>
    polling(
      Effect.gen(function* () {
        const repository = yield* SessionRepository
        const erased = yield* track()
        const expired = yield* track()
        const provider = aProvider((id) =>
          id === erased.id
            ? Effect.delay(
                Effect.succeed(json({ success: true, session_id: id, outcome: "PASS" })),
                "2 seconds"
              )
            : {}
        )
        yield* Layer.build(provider.poller)
        yield* TestClock.adjust("3 seconds")
        yield* repository.expire(start + 2 * 3_600_000, 100)
        yield* repository.erase(erased.userId, () => anAudit("erase_user"))
        yield* pass(2)
        assert.deepStrictEqual(provider.times(), [2000, 2000])
        assert.deepStrictEqual(yield* verdictOf(expired.sessionRef), ["fail", "expired"])
        assert.isNull(yield* verdictOf(erased.sessionRef))
      })
    )
  )

  it.scoped("goes on asking while a session is in review", () =>
    polling(
      Effect.gen(function* () {
        const provider = aProvider((_, call) => ({ outcome: call < 4 ? "PENDING" : "PASS" }))
        const { sessionRef } = yield* track()
        yield* Layer.build(provider.poller)
        yield* TestClock.adjust("10 seconds")
        assert.deepStrictEqual(yield* verdictOf(sessionRef), ["pending", "in_review"])
        yield* pass(1)
        assert.deepStrictEqual(yield* verdictOf(sessionRef), ["pass", null])
        assert.lengthOf(provider.calls, 4)
      })
    )
  )

  it.scoped("asks for eight sessions at a time, for each once", () =>
    polling(
      Effect.gen(function* () {
        let [active, most, isSlow] = [0, 0, true]
        const provider = aProvider(() =>
          Effect.gen(function* () {
            most = Math.max(most, ++active)
            if (isSlow) yield* Effect.sleep("4 seconds")
            active -= 1
            return json({ success: true })
          })
        )
        const sessions = yield* Effect.replicateEffect(track(), 20)
        yield* Layer.build(provider.poller)
        yield* TestClock.adjust("3 seconds")
        assert.lengthOf(provider.calls, 8)
        yield* TestClock.adjust("9 seconds")
        assert.strictEqual(most, 8)
        isSlow = false
        yield* TestClock.adjust("5 seconds")
        for (const { id } of sessions) {
          const times = provider.timesOf(id)
          assert.isAtLeast(times.length, 1)
          for (const [index, time] of times.slice(1).entries()) {
            const before = times[index] ?? 0
            assert.isAtLeast(time - before, before < 12_000 ? 7000 : 3000)
          }
        }
      })
    )
  )

  it.scoped("gives up a request before anybody else may ask, however patient the client is", () =>
    polling(
      Effect.gen(function* () {
        let [active, most] = [0, 0]
        const provider = aProvider(() =>
          Effect.ensuring(
            Effect.zipRight(
              Effect.sync(() => {
                most = Math.max(most, ++active)
              }),
              Effect.never
            ),
            Effect.sync(() => {
              active -= 1
            })
          )
        )
        yield* track()
        yield* Layer.build(provider.poller)
        yield* Layer.build(provider.poller)
        yield* pass(3)
        assert.isAtLeast(provider.calls.length, 3)
        assert.strictEqual(most, 1)
      })
    )
  )

  it.scoped("goes on after a restart where it was", () =>
    polling(
      Effect.gen(function* () {
        const provider = aProvider()
        const { sessionRef } = yield* track()
        const next = aProvider(() => ({ outcome: "FAIL" }))
        yield* Effect.scoped(Effect.zipRight(Layer.build(provider.poller), TestClock.adjust("10 seconds")))
        assert.deepStrictEqual(provider.times(), [2000, 5000, 9500])
        yield* Layer.build(next.poller)
        yield* pass(2)
        assert.deepStrictEqual(next.times(), [16_500])
        assert.deepStrictEqual(yield* verdictOf(sessionRef), ["fail", "declined"])
      })
    )
  )

  it.scoped("asks for each session once where several work on the same tables", () =>
    polling(
      Effect.gen(function* () {
        const provider = aProvider()
        const sessions = yield* Effect.replicateEffect(track(), 10)
        yield* Layer.build(provider.poller)
        yield* Layer.build(provider.poller)
        yield* TestClock.adjust("4 seconds")
        assert.lengthOf(provider.calls, 10)
        for (const { id } of sessions) assert.deepStrictEqual(provider.timesOf(id), [2000])
      })
    )
  )

  it.scoped("is not stopped by a defect: the session's turn comes again", () => {
    const logs = capturedLogs()
    return polling(
      Effect.gen(function* () {
        const provider = aProvider((_, call) => (call === 1 ? Effect.die("a defect") : { outcome: "PASS" }))
        const { sessionRef } = yield* track()
        yield* Layer.build(provider.poller)
        yield* pass(1)
        assert.deepStrictEqual(provider.times(), [2000, 32_000])
        assert.deepStrictEqual(yield* verdictOf(sessionRef), ["pass", null])
        assert.lengthOf(logs.of("ERROR The status poller failed"), 1)
      })
    ).pipe(Effect.provide(logs.layer))
  })
})
