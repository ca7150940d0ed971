import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, Layer, Queue, Scope, TestClock } from "effect"
import { type WorkerOptions, workerLayer } from "../../src/background/Worker.js"
import { StorageUnavailable } from "../../src/domain/StorageUnavailable.js"
import { capturedLogs } from "../suites/logs.js"

type Options = WorkerOptions<number, StorageUnavailable, never>
const noStorage = new StorageUnavailable({ operation: "test", cause: null })

/** A worker of a heap of numbers, and what it did. */
const aWorker = (overrides: Partial<Options> = {}) =>
  Effect.gen(function* () {
    const heap: Array<number> = []
    const rooms: Array<number> = []
    const done: Array<number> = []
    let [active, most] = [0, 0]
    const gate = yield* Deferred.make<void>()
    const hold = (work: number) =>
      Effect.gen(function* () {
        active += 1
        most = Math.max(most, active)
        yield* Deferred.await(gate)
        active -= 1
        done.push(work)
      })
    const scope = yield* Scope.make()
    yield* Effect.addFinalizer(() => Scope.close(scope, Exit.void))
    const options: Options = {
      name: "The worker",
      concurrency: 3,
      every: "1 second",
      news: Effect.never,
      claim: (room) =>
        Effect.sync(() => {
          rooms.push(room)
          return heap.splice(0, room)
        }),
      perform: hold,
      ...overrides
    }
    const start = Layer.buildWithScope(workerLayer(options), scope)
    return {
      heap,
      rooms,
      done,
      start,
      open: Deferred.succeed(gate, undefined),
      close: Scope.close(scope, Exit.void),
      most: () => most
    }
  })

describe("a worker", () => {
  it.scoped("does no more at a time than it may, claims only what it has room for, and does all", () =>
    Effect.gen(function* () {
      const worker = yield* aWorker()
      worker.heap.push(...Array.from({ length: 10 }, (_, i) => i))
      yield* worker.start
      yield* TestClock.adjust("5 seconds")
      assert.lengthOf(worker.heap, 7)
      yield* worker.open
      yield* TestClock.adjust(0)
      assert.sameMembers(worker.done, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
      assert.strictEqual(worker.most(), 3)
      for (const room of worker.rooms) assert.isTrue(room >= 1 && room <= 3)
    })
  )

  it.scoped("looks for work by itself, and at once when there is news", () =>
    Effect.gen(function* () {
      const news = yield* Queue.unbounded<void>()
      const worker = yield* aWorker({ news: Queue.take(news) })
      yield* worker.open
      yield* worker.start
      yield* TestClock.adjust(0)
      worker.heap.push(1)
      yield* TestClock.adjust("999 millis")
      assert.deepStrictEqual(worker.done, [])
      yield* TestClock.adjust("1 millis")
      assert.deepStrictEqual(worker.done, [1])
      worker.heap.push(2)
      yield* Queue.offer(news, undefined)
      yield* TestClock.adjust(0)
      assert.deepStrictEqual(worker.done, [1, 2])
    })
  )

  it.scoped.each([
    ["failures", Effect.fail(noStorage)],
    ["defects", Effect.die("a row that cannot be read")]
  ] as const)("goes on after %s of its claim, told once, and once that it works again", ([, broken]) => {
    const logs = capturedLogs()
    return Effect.gen(function* () {
      let isBroken = true
      const work = [1, 2]
      const worker = yield* aWorker({
        claim: (room) => Effect.suspend(() => (isBroken ? broken : Effect.succeed(work.splice(0, room))))
      })
      yield* worker.open
      yield* worker.start
      yield* TestClock.adjust("10 seconds")
      assert.lengthOf(logs.of("WARN The worker cannot get its work"), 1)
      isBroken = false
      yield* TestClock.adjust("10 seconds")
      assert.deepStrictEqual(worker.done, [1, 2])
      assert.lengthOf(logs.of("INFO The worker works again"), 1)
      isBroken = true
      yield* TestClock.adjust("10 seconds")
      assert.lengthOf(logs.of("WARN The worker cannot get its work"), 2)
      assert.lengthOf(logs.lines, 3)
    }).pipe(Effect.provide(logs.layer))
  })

  it.scoped("logs what fails or dies while it is done, and does the rest", () => {
    const logs = capturedLogs()
    return Effect.gen(function* () {
      const performed: Array<number> = []
      const worker = yield* aWorker({
        perform: (work) =>
          work === 1
            ? Effect.die("a defect")
            : work === 2
              ? Effect.fail("a failure")
              : Effect.sync(() => performed.push(work))
      })
      worker.heap.push(1, 2, 1, 3, 4)
      yield* worker.start
      yield* TestClock.adjust("2 seconds")
      assert.deepStrictEqual(performed, [3, 4])
      assert.lengthOf(logs.of("ERROR The worker failed"), 3)
      assert.lengthOf(logs.of("a defect"), 2)
    }).pipe(Effect.provide(logs.layer))
  })

  it.scoped("lets what is under way end when the service does, and claims no more", () =>
    Effect.gen(function* () {
      const worker = yield* aWorker()
      worker.heap.push(1, 2, 3, 4)
      yield* worker.start
      yield* TestClock.adjust(0)
      const closing = yield* Effect.fork(worker.close)
      yield* TestClock.adjust("7 seconds")
      assert.strictEqual((yield* Fiber.poll(closing))._tag, "None")
      yield* worker.open
      yield* Fiber.join(closing)
      assert.sameMembers(worker.done, [1, 2, 3])
      assert.deepStrictEqual(worker.heap, [4])
    })
  )

  it.scoped("waits no longer than eight seconds for what does not end", () =>
    Effect.gen(function* () {
      let interrupted = 0
      const worker = yield* aWorker({
        perform: () =>
          Effect.onInterrupt(Effect.never, () =>
            Effect.sync(() => {
              interrupted += 1
            })
          )
      })
      worker.heap.push(1, 2)
      yield* worker.start
      yield* TestClock.adjust(0)
      const closing = yield* Effect.fork(worker.close)
      yield* TestClock.adjust("7999 millis")
      assert.strictEqual(interrupted, 0)
      yield* TestClock.adjust("1 millis")
      yield* Fiber.join(closing)
      assert.strictEqual(interrupted, 2)
    })
  )
})
