import { assert, describe, layer as sharing } from "@effect/vitest"
import { Context, Deferred, Effect, Layer } from "effect"
import { tablesMemory } from "../../src/storage/memory/TablesMemory.js"
import { Tables } from "../../src/storage/Tables.js"
import { aBody } from "../suites/fixtures.js"
import { head } from "./connection.js"
import { ask, aUser, deliver, ofOneProcess, Provider, service, signed, start, status } from "./harness.js"
import { toService } from "./rawRequests.js"
import { aStartedSession } from "./requests.js"

/** Where a webhook stops in the middle of its transaction. */
class Gate extends Context.Tag("test/Gate")<
  Gate,
  { closed: boolean; readonly reached: Deferred.Deferred<void>; readonly open: Deferred.Deferred<void> }
>() {
  static readonly layer = Layer.effect(
    Gate,
    Effect.gen(function* () {
      return { closed: false, reached: yield* Deferred.make<void>(), open: yield* Deferred.make<void>() }
    })
  )
}

const gatedTables = Layer.effect(
  Tables,
  Effect.gen(function* () {
    const tables = yield* Tables
    const gate = yield* Gate
    const pass = Effect.suspend(() =>
      gate.closed
        ? Effect.zipRight(Deferred.succeed(gate.reached, undefined), Deferred.await(gate.open))
        : Effect.void
    )
    return Tables.of({
      ...tables,
      transaction: (operation, body) => tables.transaction(operation, Effect.zipLeft(body, pass)),
      together: (operation, locks, body) => tables.together(operation, locks, Effect.zipLeft(body, pass))
    })
  })
).pipe(Layer.provide(tablesMemory))

const layer = Layer.unwrapEffect(
  Effect.map(Gate, (gate) =>
    service({ database: ofOneProcess(Layer.provide(gatedTables, Layer.succeed(Gate, gate))) })
  )
).pipe(Layer.provideMerge(Gate.layer))

/** Time for the service to hear that a client is gone. */
const noticed = Effect.sleep("200 millis")

describe("a client that hangs up", () => {
  sharing(layer, { excludeTestServices: true })((it) => {
    it.scoped("in the middle of a start: it is finished, also for whoever waits for it", () =>
      Effect.gen(function* () {
        const provider = yield* Provider
        const user = yield* aUser()
        const reached = yield* Deferred.make<void>()
        const gate = yield* Deferred.make<void>()
        provider.next = Effect.zipRight(Deferred.succeed(reached, undefined), Deferred.await(gate))
        const connection = yield* toService
        yield* connection.send(head({ method: "POST", path: "/api/start-verification", headers: user }))
        yield* Deferred.await(reached)
        const twin = yield* Effect.fork(start(user))
        yield* connection.hangUp
        yield* noticed
        yield* Deferred.succeed(gate, undefined)
        const { json, status } = yield* twin
        assert.strictEqual(status, 200)
        const { items } = (yield* ask("/api/verifications", { headers: user })).json
        assert.deepStrictEqual(
          items.map((item: { session_ref: string }) => item.session_ref),
          [json.session_ref]
        )
        provider.next = Effect.void
      })
    )

    it.scoped("in the middle of a webhook: it is kept", () =>
      Effect.gen(function* () {
        const gate = yield* Gate
        const { sessionRef, token, user } = yield* aStartedSession
        const body = aBody({ token })
        const length = { "content-length": String(body.length) }
        const connection = yield* toService
        gate.closed = true
        yield* connection.send(
          head({ method: "POST", path: "/api/webhooks/verifyhuman", headers: { ...signed(body), ...length } })
        )
        yield* connection.send(body)
        yield* Deferred.await(gate.reached)
        yield* connection.hangUp
        yield* noticed
        gate.closed = false
        const waiting = yield* Effect.fork(status({ ...user, prefer: "wait=20" }, sessionRef))
        yield* Deferred.succeed(gate.open, undefined)
        assert.strictEqual((yield* waiting).json.status, "pass")
      })
    )

    it.scoped("in the middle of a body: nothing happens", () =>
      Effect.gen(function* () {
        const { sessionRef, token, user } = yield* aStartedSession
        const body = aBody({ token })
        const length = { "content-length": String(body.length), expect: "100-continue" }
        const connection = yield* toService
        yield* connection.send(
          head({ method: "POST", path: "/api/webhooks/verifyhuman", headers: { ...signed(body), ...length } })
        )
        yield* connection.until(/100 Continue/)
        yield* connection.send(body.subarray(0, -1))
        yield* connection.hangUp
        yield* noticed
        assert.strictEqual((yield* status(user, sessionRef)).json.status, "pending")
        assert.strictEqual((yield* deliver(body)).status, 200)
        assert.strictEqual((yield* status(user, sessionRef)).json.status, "pass")
      })
    )
  })
})
