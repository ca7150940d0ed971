import { assert, describe, it } from "@effect/vitest"
import { Cause, Deferred, Effect, Exit, Fiber, FiberRef, Option, Scope, TestClock } from "effect"
import { StorageUnavailable } from "../../src/domain/StorageUnavailable.js"
import { type GroupCommitOptions, groupCommit } from "../../src/storage/GroupCommit.js"
import { type Lock, userLock } from "../../src/storage/Locks.js"

const unavailable = new StorageUnavailable({ operation: "commit", cause: null })

/** What the transaction at hand has written. */
const underWay = FiberRef.unsafeMake<Array<string>>([])

const lockOf = (userId: string) => userLock({ environment: "test", userId })

/** A database of one list, whose commits wait until they are let through. */
const aDatabase = (options: Partial<GroupCommitOptions> = {}) =>
  Effect.gen(function* () {
    const committed: Array<ReadonlyArray<string>> = []
    const locked: Array<ReadonlyArray<Lock>> = []
    let gate: Deferred.Deferred<void, StorageUnavailable> | null = null
    const transaction = <A, E, R>(_: string, body: Effect.Effect<A, E, R>) =>
      Effect.gen(function* () {
        const written: Array<string> = []
        const result = yield* Effect.locally(body, underWay, written)
        if (gate !== null) yield* Deferred.await(gate)
        committed.push(written)
        return result
      })
    const lock = (locks: ReadonlyArray<Lock>) => Effect.sync(() => void locked.push(locks))
    const together = yield* groupCommit(transaction, lock, {
      lanes: 1,
      size: 10,
      turns: 10,
      waiting: 100,
      ...options
    })
    const write = (name: string) =>
      Effect.map(FiberRef.get(underWay), (written) => {
        written.push(name)
        return `${name}!`
      })
    return {
      committed,
      locked,
      write: (name: string) => together("write", [lockOf(name)], write(name)),
      together: <A, E>(operation: string, body: Effect.Effect<A, E>) => together(operation, [], body),
      shut: Effect.gen(function* () {
        gate = yield* Deferred.make<void, StorageUnavailable>()
      }),
      open: Effect.suspend(() => {
        const shut = gate
        gate = null
        return shut === null ? Effect.void : Deferred.succeed(shut, undefined)
      }),
      fail: Effect.suspend(() => {
        const shut = gate
        gate = null
        return shut === null ? Effect.void : Deferred.fail(shut, unavailable)
      })
    }
  })

const turn = Effect.async<void>((resume) => {
  setImmediate(() => resume(Effect.void))
})

/** Lets every fiber run until it waits for something. */
const settled = Effect.repeatN(turn, 20)

describe("GroupCommit", () => {
  it.scoped("serves who comes alone at once, and alone", () =>
    Effect.gen(function* () {
      const { committed, write } = yield* aDatabase()
      assert.strictEqual(yield* write("a"), "a!")
      assert.strictEqual(yield* write("b"), "b!")
      assert.deepStrictEqual(committed, [["a"], ["b"]])
    })
  )

  it.scoped("commits those together that come while a commit is under way, in their order", () =>
    Effect.gen(function* () {
      const { committed, open, shut, write } = yield* aDatabase()
      yield* shut
      const first = yield* Effect.fork(write("a"))
      yield* settled
      const others = yield* Effect.fork(Effect.forEach(["b", "c", "d"], write, { concurrency: "unbounded" }))
      yield* settled
      assert.deepStrictEqual([first.unsafePoll(), others.unsafePoll(), committed], [null, null, []])
      yield* open
      assert.deepStrictEqual(yield* Fiber.join(others), ["b!", "c!", "d!"])
      assert.deepStrictEqual(committed, [["a"], ["b", "c", "d"]])
    })
  )

  const comingTurnAfterTurn = (names: ReadonlyArray<string>, options: Partial<GroupCommitOptions>) =>
    Effect.gen(function* () {
      const { committed, write } = yield* aDatabase(options)
      yield* Effect.forEach(names, (name) => Effect.zipLeft(Effect.fork(write(name)), turn))
      const meanwhile = [...committed]
      yield* settled
      return { meanwhile, committed }
    })

  it.scoped("commits those together that come turn after turn, until one brings nobody", () =>
    Effect.gen(function* () {
      const { committed, meanwhile } = yield* comingTurnAfterTurn(["a", "b", "c"], {})
      assert.deepStrictEqual([meanwhile, committed], [[], [["a", "b", "c"]]])
    })
  )

  it.scoped("gathers no longer when the group is full", () =>
    Effect.gen(function* () {
      const { committed, meanwhile } = yield* comingTurnAfterTurn(["a", "b", "c"], { size: 2 })
      assert.deepStrictEqual([meanwhile, committed], [[["a", "b"]], [["a", "b"], ["c"]]])
    })
  )

  it.scoped("gathers for so many turns and no longer", () =>
    Effect.gen(function* () {
      const { committed, meanwhile } = yield* comingTurnAfterTurn(["a", "b", "c", "d"], { turns: 2 })
      assert.deepStrictEqual([meanwhile, committed], [[["a", "b", "c"]], [["a", "b", "c"], ["d"]]])
    })
  )

  it.scoped("takes all locks of a group at once, before the first of its statements", () =>
    Effect.gen(function* () {
      const { locked, open, shut, write } = yield* aDatabase()
      yield* shut
      yield* Effect.fork(write("a"))
      yield* settled
      const others = yield* Effect.fork(Effect.forEach(["b", "c"], write, { concurrency: "unbounded" }))
      yield* settled
      yield* open
      yield* Fiber.join(others)
      assert.deepStrictEqual(locked, [[lockOf("a")], [lockOf("b"), lockOf("c")]])
    })
  )

  it.scoped("answers nobody before the commit, and nobody well whose commit failed", () =>
    Effect.gen(function* () {
      const { committed, fail, open, shut, write } = yield* aDatabase()
      yield* shut
      yield* Effect.fork(write("a"))
      yield* settled
      const group = yield* Effect.fork(
        Effect.forEach(["b", "c"], (name) => Effect.exit(write(name)), { concurrency: "unbounded" })
      )
      yield* settled
      yield* open
      yield* shut
      yield* settled
      assert.isNull(group.unsafePoll())
      yield* fail
      assert.deepStrictEqual(yield* Fiber.join(group), [Exit.fail(unavailable), Exit.fail(unavailable)])
      assert.deepStrictEqual(committed, [["a"]])
    })
  )

  it.scoped.each([
    ["fails", Effect.fail("poison"), Exit.fail("poison")],
    ["dies", Effect.die("poison"), Exit.die("poison")]
  ] as const)("takes nobody with one that %s", ([, poison, expected]) =>
    Effect.gen(function* () {
      const { committed, open, shut, together, write } = yield* aDatabase()
      yield* shut
      yield* Effect.fork(write("a"))
      yield* settled
      const group = yield* Effect.fork(
        Effect.all(
          [write("b"), together("poison", poison), write("c"), together("poison", poison), write("d")].map(
            Effect.exit<string, unknown, never>
          ),
          { concurrency: "unbounded" }
        )
      )
      yield* settled
      yield* open
      assert.deepStrictEqual(yield* Fiber.join(group), [
        Exit.succeed("b!"),
        expected,
        Exit.succeed("c!"),
        expected,
        Exit.succeed("d!")
      ])
      assert.deepStrictEqual(committed, [["a"], ["b", "c", "d"]])
    })
  )

  it.scoped("makes groups no larger than it may, and refuses more than may wait", () =>
    Effect.gen(function* () {
      const { committed, open, shut, write } = yield* aDatabase({ size: 2, waiting: 3 })
      yield* shut
      yield* Effect.fork(write("a"))
      yield* settled
      const rest = yield* Effect.fork(Effect.forEach(["b", "c", "d"], write, { concurrency: "unbounded" }))
      yield* settled
      const refused = yield* Effect.flip(write("e"))
      assert.isTrue(refused.overloaded)
      yield* open
      yield* Fiber.join(rest)
      assert.deepStrictEqual(committed, [["a"], ["b", "c"], ["d"]])
      assert.strictEqual(yield* write("e"), "e!")
    })
  )

  it.scoped("shares what waits among its lanes", () =>
    Effect.gen(function* () {
      const { committed, open, shut, write } = yield* aDatabase({ lanes: 2 })
      yield* shut
      yield* Effect.fork(Effect.forEach(["a", "b", "c"], write, { concurrency: "unbounded" }))
      yield* settled
      yield* open
      yield* settled
      assert.lengthOf(committed, 2)
      assert.sameMembers(committed.flat(), ["a", "b", "c"])
    })
  )

  it.effect("ends what it has taken on before it closes", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const { committed, open, shut, write } = yield* Effect.provideService(aDatabase(), Scope.Scope, scope)
      yield* shut
      const first = yield* Effect.fork(write("a"))
      yield* settled
      const waiting = yield* Effect.fork(write("b"))
      yield* settled
      const closing = yield* Effect.fork(Scope.close(scope, Exit.void))
      yield* settled
      assert.isNull(closing.unsafePoll())
      yield* open
      assert.strictEqual(yield* Fiber.join(first), "a!")
      assert.strictEqual(yield* Fiber.join(waiting), "b!")
      yield* Fiber.join(closing)
      assert.deepStrictEqual(committed, [["a"], ["b"]])
    })
  )

  it.scoped("gives up a wait, not the transaction", () =>
    Effect.gen(function* () {
      const { committed, open, shut, write } = yield* aDatabase()
      yield* shut
      const waiter = yield* Effect.fork(write("a"))
      yield* settled
      yield* Fiber.interrupt(waiter)
      yield* open
      yield* settled
      assert.deepStrictEqual(committed, [["a"]])
    })
  )

  it.scoped("lets nobody wait for long while it is held up, and does not do later what it gave up", () =>
    Effect.gen(function* () {
      const { committed, open, shut, write } = yield* aDatabase()
      yield* shut
      const first = yield* Effect.fork(write("a"))
      yield* settled
      const waiting = yield* Effect.fork(Effect.flip(write("b")))
      yield* settled
      yield* TestClock.adjust("5 seconds")
      assert.isTrue((yield* Fiber.join(waiting)).overloaded)
      const late = yield* Effect.fork(write("c"))
      yield* settled
      yield* open
      assert.strictEqual(yield* Fiber.join(first), "a!")
      assert.strictEqual(yield* Fiber.join(late), "c!")
      assert.deepStrictEqual(committed, [["a"], ["c"]])
    })
  )

  it.scoped("does not try again what the database refused, and the others only while they have time", () =>
    Effect.gen(function* () {
      const { committed, open, shut, together, write } = yield* aDatabase()
      let tries = 0
      const refused = together(
        "refused",
        Effect.suspend(() => {
          tries += 1
          return Effect.zipRight(Effect.sleep("3 seconds"), Effect.fail(unavailable))
        })
      )
      yield* shut
      yield* Effect.fork(write("a"))
      yield* settled
      const group = yield* Effect.fork(
        Effect.all([refused, refused, write("b"), refused].map(Effect.exit<string, unknown, never>), {
          concurrency: "unbounded"
        })
      )
      yield* settled
      yield* open
      for (let second = 0; second < 6; second++) {
        yield* settled
        yield* TestClock.adjust("1 second")
      }
      const [first, second, other, last] = yield* Fiber.join(group)
      assert.deepStrictEqual([first, second], [Exit.fail(unavailable), Exit.fail(unavailable)])
      for (const exit of [other, last]) {
        assert.deepInclude(
          Exit.match(exit as Exit.Exit<string, StorageUnavailable>, {
            onFailure: (cause) => Option.getOrThrow(Cause.failureOption(cause)),
            onSuccess: () => assert.fail("it was late")
          }),
          { overloaded: true }
        )
      }
      assert.strictEqual(tries, 2)
      assert.deepStrictEqual(committed, [["a"]])
    })
  )
})
