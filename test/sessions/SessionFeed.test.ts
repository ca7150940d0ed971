import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, Layer, Scope } from "effect"
import { SessionFeed } from "../../src/sessions/SessionFeed.js"
import { aRef } from "../suites/fixtures.js"

const layer = Layer.fresh(SessionFeed.layerMemory)
const withFeed = <A, E>(test: Effect.Effect<A, E, SessionFeed | Scope.Scope>) =>
  test.pipe(Effect.scoped, Effect.provide(layer))

const subscribe = (sessionRef: string) => Effect.flatMap(SessionFeed, (feed) => feed.subscribe(sessionRef))
const publish = (sessionRef: string) => Effect.flatMap(SessionFeed, (feed) => feed.publish(sessionRef))
const close = Effect.flatMap(SessionFeed, (feed) => feed.close)

/** Whether there is news without waiting for it. */
const isThere = (news: Effect.Effect<void>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.fork(news)
    for (let turn = 0; turn < 10; turn++) yield* Effect.yieldNow()
    const heard = fiber.unsafePoll() !== null
    yield* Fiber.interrupt(fiber)
    return heard
  })

describe("news", () => {
  it.effect("wakes whoever waits for it", () =>
    withFeed(
      Effect.gen(function* () {
        const sessionRef = aRef()
        const { news } = yield* subscribe(sessionRef)
        const waiting = yield* Effect.fork(news)
        yield* Effect.yieldNow()
        assert.isNull(waiting.unsafePoll())
        yield* publish(sessionRef)
        yield* Fiber.join(waiting)
      })
    )
  )

  it.effect("is not lost when it comes before the waiting", () =>
    withFeed(
      Effect.gen(function* () {
        const sessionRef = aRef()
        const { news } = yield* subscribe(sessionRef)
        yield* publish(sessionRef)
        yield* news
      })
    )
  )

  it.effect("is not lost when it comes between two waits", () =>
    withFeed(
      Effect.gen(function* () {
        const sessionRef = aRef()
        const { news } = yield* subscribe(sessionRef)
        for (let round = 0; round < 3; round++) {
          yield* publish(sessionRef)
          yield* news
          assert.isFalse(yield* isThere(news))
        }
      })
    )
  )

  it.effect("that came twice is told once: whoever hears it reads the session again", () =>
    withFeed(
      Effect.gen(function* () {
        const sessionRef = aRef()
        const { news } = yield* subscribe(sessionRef)
        yield* publish(sessionRef)
        yield* publish(sessionRef)
        yield* news
        assert.isFalse(yield* isThere(news))
      })
    )
  )

  it.effect("outlasts a wait that was given up", () =>
    withFeed(
      Effect.gen(function* () {
        const sessionRef = aRef()
        const { news } = yield* subscribe(sessionRef)
        const impatient = yield* Effect.fork(news)
        yield* Effect.yieldNow()
        yield* Fiber.interrupt(impatient)
        yield* publish(sessionRef)
        assert.isTrue(yield* isThere(news))
        assert.isFalse(yield* isThere(news))
      })
    )
  )

  it.effect("reaches all who listen to the session, waiting or not, and nobody else", () =>
    withFeed(
      Effect.gen(function* () {
        const [sessionRef, other] = [aRef(), aRef()]
        const listeners = yield* Effect.replicateEffect(subscribe(sessionRef), 20)
        const stranger = yield* subscribe(other)
        const waiting = yield* Effect.forEach(listeners.slice(0, 10), ({ news }) => Effect.fork(news))
        yield* Effect.yieldNow()
        yield* publish(sessionRef)
        yield* Effect.forEach(waiting, Fiber.join)
        yield* Effect.forEach(listeners.slice(10), ({ news }) => news)
        assert.isFalse(yield* isThere(stranger.news))
      })
    )
  )

  it.effect("is nothing to whoever subscribes afterwards", () =>
    withFeed(
      Effect.gen(function* () {
        const sessionRef = aRef()
        yield* publish(sessionRef)
        const { news } = yield* subscribe(sessionRef)
        assert.isFalse(yield* isThere(news))
      })
    )
  )

  it.effect("of a session that nobody listens to is no news", () => withFeed(publish(aRef())))
})

describe("the end", () => {
  it.effect("wakes all, of whatever session", () =>
    withFeed(
      Effect.gen(function* () {
        const feed = yield* SessionFeed
        const listeners = yield* Effect.forEach([aRef(), aRef(), aRef()], subscribe)
        const [first, ...others] = yield* Effect.forEach(listeners, ({ news }) => Effect.fork(news))
        assert.isDefined(first)
        yield* Effect.yieldNow()
        assert.isFalse(yield* feed.closed)
        yield* close
        yield* Effect.forEach([first, ...others], Fiber.join)
        assert.isTrue(yield* feed.closed)
      })
    )
  )

  it.effect("wakes whoever comes later, and stays the end", () =>
    withFeed(
      Effect.gen(function* () {
        const feed = yield* SessionFeed
        yield* close
        const { news } = yield* subscribe(aRef())
        yield* news
        yield* publish(aRef())
        yield* close
        assert.isTrue(yield* feed.closed)
      })
    )
  )

  it.effect("of one feed is not the end of another", () =>
    Effect.gen(function* () {
      yield* withFeed(close)
      yield* withFeed(
        Effect.gen(function* () {
          assert.isFalse(yield* (yield* SessionFeed).closed)
        })
      )
    })
  )
})

describe("a subscription that has ended", () => {
  it.effect("hears nothing more, and takes nothing from the others", () =>
    withFeed(
      Effect.gen(function* () {
        const sessionRef = aRef()
        const scope = yield* Scope.make()
        const gone = yield* Scope.extend(subscribe(sessionRef), scope)
        const stays = yield* subscribe(sessionRef)
        yield* Scope.close(scope, Exit.void)
        yield* publish(sessionRef)
        assert.isFalse(yield* isThere(gone.news))
        assert.isTrue(yield* isThere(stays.news))
      })
    )
  )

  it.effect("leaves room for the next of the same session", () =>
    withFeed(
      Effect.gen(function* () {
        const sessionRef = aRef()
        for (let round = 0; round < 3; round++) {
          yield* Effect.scoped(
            Effect.gen(function* () {
              const { news } = yield* subscribe(sessionRef)
              yield* publish(sessionRef)
              yield* news
            })
          )
        }
      })
    )
  )

  it.effect("ends when whoever waits is interrupted", () =>
    withFeed(
      Effect.gen(function* () {
        const sessionRef = aRef()
        const subscribed = yield* Deferred.make<Effect.Effect<void>>()
        const waiting = yield* subscribe(sessionRef).pipe(
          Effect.tap(({ news }) => Deferred.succeed(subscribed, news)),
          Effect.flatMap(({ news }) => news),
          Effect.scoped,
          Effect.fork
        )
        const news = yield* Deferred.await(subscribed)
        yield* Fiber.interrupt(waiting)
        yield* publish(sessionRef)
        assert.isFalse(yield* isThere(news))
      })
    )
  )

  it.effect("leaves nothing behind", () =>
    withFeed(
      Effect.gen(function* () {
        setFlagsFromString("--expose-gc")
        const collect = runInNewContext("gc") as () => void
        const heap = () => {
          collect()
          return process.memoryUsage().heapUsed
        }
        const once = (index: number) => Effect.scoped(subscribe(`vs_${index}`))
        for (let index = 0; index < 1000; index++) yield* once(index)
        const before = heap()
        for (let index = 0; index < 50_000; index++) yield* once(index)
        assert.isBelow(heap() - before, 5_000_000)
      })
    )
  )
})
