import { assert, describe, it, layer as sharing } from "@effect/vitest"
import { Deferred, Effect, Exit, Layer, Scope } from "effect"
import { ListenerLimits } from "../../src/http/NodeListener.js"
import { head, lastAnswer } from "../http/connection.js"
import { ask, aUser, Provider, service } from "../http/harness.js"
import { assertRefused, said, toService } from "../http/rawRequests.js"

const within = (limits: Partial<typeof ListenerLimits.Service>) =>
  service().pipe(
    Layer.provide(
      Layer.effect(
        ListenerLimits,
        Effect.map(ListenerLimits, (usual) => ({ ...usual, ...limits }))
      )
    )
  )

const impatient = within({ headersTimeout: 500, requestTimeout: 1000, connectionsCheckingInterval: 100 })

const startPath = "/api/start-verification"
const webhookPath = "/api/webhooks/verifyhuman"
const posted = (path: string, headers: Record<string, string>) => head({ method: "POST", path, headers })

describe("limits", () => {
  sharing(impatient, { excludeTestServices: true })((it) => {
    it.effect("cuts headers that do not come", () =>
      Effect.gen(function* () {
        yield* assertRefused(
          yield* said("GET /health/live HTTP/1.1\r\nHost: x\r\nx: "),
          408,
          "request_timeout"
        )
        yield* assertRefused(yield* said(), 408, "request_timeout")
      })
    )

    it.effect("cuts bodies that do not come", () =>
      Effect.gen(function* () {
        const user = yield* aUser()
        for (const [path, headers] of [
          [startPath, { ...user, "content-length": "100" }],
          [startPath, { ...user, "transfer-encoding": "chunked" }],
          [webhookPath, { "content-length": "100" }]
        ] as const) {
          yield* assertRefused(yield* said(posted(path, headers), "1"), 408, "request_timeout")
        }
        const list = yield* ask("/api/verifications", { headers: user })
        assert.deepStrictEqual(list.json.items, [])
        const answeredBefore = yield* said(posted("/nowhere", { "content-length": "100" }), "1")
        assert.strictEqual(answeredBefore.match(/HTTP\/1\.1 \d+/g)?.join(), "HTTP/1.1 404")
      })
    )

    it.effect("does not read 100 MB", () =>
      Effect.gen(function* () {
        const user = yield* aUser()
        const huge = { "content-length": String(100 * 1024 * 1024) }
        for (const path of [startPath, webhookPath]) {
          yield* assertRefused(yield* said(posted(path, { ...user, ...huge }), "{"), 413, "payload_too_large")
        }
      })
    )

    it.effect("answers what came before garbage, and nothing after it", () =>
      Effect.gen(function* () {
        const provider = yield* Provider
        const user = yield* aUser()
        const reached = yield* Deferred.make<void>()
        const gate = yield* Deferred.make<void>()
        provider.next = Effect.zipRight(Deferred.succeed(reached, undefined), Deferred.await(gate))
        const connection = yield* toService
        yield* connection.send(posted(startPath, user))
        yield* Deferred.await(reached)
        yield* connection.send("garbage\r\n\r\n")
        yield* Effect.forEach([1, 2, 3], () =>
          Effect.zipRight(Effect.sleep("20 millis"), connection.send("more"))
        )
        yield* Deferred.succeed(gate, undefined)
        provider.next = Effect.void
        const received = yield* connection.closed
        assert.match(received, /^HTTP\/1\.1 201 /)
        assert.strictEqual(lastAnswer(received).status, 201, received)
      }).pipe(Effect.scoped)
    )
  })

  it.scopedLive("ends without a client that keeps it waiting", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const context = yield* Layer.buildWithScope(within({ drainTimeout: 300 }), scope)
      const connection = yield* Effect.provide(toService, context)
      yield* connection.send(posted(webhookPath, { "content-length": "100", expect: "100-continue" }))
      yield* connection.until(/100 Continue/)
      yield* Scope.close(scope, Exit.void)
      yield* connection.closed
    })
  )
})
