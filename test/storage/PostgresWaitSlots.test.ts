import { NodeContext } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Exit, Layer, Scope } from "effect"
import { slotsPerUser, WaitSlots } from "../../src/sessions/WaitSlots.js"
import { ask, emptyDatabase, sharedDatabase } from "../postgres/database.js"
import { unique } from "../suites/fixtures.js"

const aProcess = (url: string) => Layer.provide(sharedDatabase(url), NodeContext.layer)

/** Two processes over one database, asked in turn. */
const twoProcesses = Effect.gen(function* () {
  const url = yield* emptyDatabase
  const process = Effect.map(Layer.build(Layer.fresh(aProcess(url))), Context.get(WaitSlots))
  const [here, there] = [yield* process, yield* process]
  const takeAll = (user: string) =>
    Effect.forEach(
      Array.from({ length: slotsPerUser }),
      (_, index) => (index % 2 === 0 ? here : there).take(user),
      {
        concurrency: "unbounded",
        discard: true
      }
    )
  return { url, here, there, takeAll }
})

describe("places to wait, over two processes", () => {
  it.scopedLive("are as many as one user may have, whoever gives them out", () =>
    Effect.gen(function* () {
      const { here, takeAll, there } = yield* twoProcesses
      const user = unique("user-")
      yield* takeAll(user)
      for (const process of [here, there]) {
        assert.strictEqual((yield* Effect.flip(process.take(user)))._tag, "RateLimited")
      }
      yield* there.take(unique("user-"))
    })
  )

  it.scopedLive("come free when they are given back", () =>
    Effect.gen(function* () {
      const { here, takeAll, there } = yield* twoProcesses
      const user = unique("user-")
      yield* Effect.scoped(takeAll(user))
      yield* takeAll(user)
      assert.strictEqual((yield* Effect.flip(here.take(user)))._tag, "RateLimited")
      const scope = yield* Scope.make()
      const other = unique("user-")
      yield* Effect.provideService(takeAll(other), Scope.Scope, scope)
      assert.strictEqual((yield* Effect.flip(there.take(other)))._tag, "RateLimited")
      yield* Scope.close(scope, Exit.void)
      yield* there.take(other)
    })
  )

  it.scopedLive("come free when whoever held them died and their time is over", () =>
    Effect.gen(function* () {
      const { here, takeAll, there, url } = yield* twoProcesses
      const user = unique("user-")
      yield* takeAll(user)
      yield* ask(url, "UPDATE wait_slots SET until = now() - interval '1 second' WHERE slot <= 2")
      yield* there.take(user)
      yield* here.take(user)
      assert.strictEqual((yield* Effect.flip(there.take(user)))._tag, "RateLimited")
    })
  )

  it.scopedLive("hold no user in a form that can be read", () =>
    Effect.gen(function* () {
      const { here, url } = yield* twoProcesses
      const user = unique("user-")
      yield* here.take(user)
      assert.notInclude(JSON.stringify(yield* ask(url, "SELECT * FROM wait_slots")), user)
    })
  )
})
