import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Scope } from "effect"
import { apiKey, aSandbox, clientKey, webhookSecret } from "./harness.js"
import { followWire } from "./wireFeed.js"

describe("the wire", () => {
  it.scopedLive("shows what went over it, in order, and no key, secret or signature", () =>
    Effect.gen(function* () {
      const sandbox = yield* aSandbox()
      const token = yield* sandbox.aToken("", { product: "verifyidentity" })
      const wire = yield* followWire(sandbox.url)
      assert.strictEqual(wire.response.headers.get("content-type"), "text/event-stream")
      assert.strictEqual(wire.response.headers.get("access-control-allow-origin"), "*")
      yield* sandbox.complete(token)
      yield* sandbox.generate({ authorization: "Bearer vhk_live_of-somebody" })
      yield* sandbox.ask("/api/mobile/v1/verifyage/status/msess_x", {
        headers: { "x-client-key": clientKey }
      })
      const seen = yield* Effect.all(Array.from({ length: 5 }, () => wire.next))
      const line = (path: string, status: number) =>
        seen.find((entry) => entry.path === path && entry.status === status)
      const { environment, product } = { environment: "test", product: "verifyidentity" }
      assert.deepInclude(seen[0], {
        from: "service",
        to: "provider",
        method: "POST",
        path: "/hosted/generate",
        token
      })
      assert.deepInclude(seen[0]?.body, { product })
      assert.deepInclude(line("/hosted/complete", 200), {
        from: "phone",
        to: "provider",
        token,
        body: { outcome: "pass" }
      })
      assert.deepInclude(line("/webhooks", 200), {
        from: "provider",
        to: "service",
        note: "webhook, attempt 1",
        token
      })
      assert.deepInclude(line("/webhooks", 200)?.body, { type: "verification.completed", environment })
      assert.deepInclude(line("/hosted/generate", 401), { note: "Invalid API key", token: null, body: null })
      assert.isDefined(line("/api/mobile/v1/verifyage/status/msess_x", 404))
      for (const secret of [apiKey, clientKey, webhookSecret, "vhk_", "sha256", "signature", "in-the-query"])
        assert.notInclude(wire.raw(), secret)
    })
  )

  it.scopedLive("says what was lost, what failed and what was tried again", () =>
    Effect.gen(function* () {
      const sandbox = yield* aSandbox()
      const wire = yield* followWire(sandbox.url)
      yield* sandbox.complete(yield* sandbox.aToken("lost"))
      yield* wire.until(({ note, status }) => note === "webhook lost" && status === null)
      yield* sandbox.generate({ "x-sandbox-behaviour": "402" })
      yield* wire.until(({ note, status }) => note === "behaviour 402" && status === 402)
      sandbox.receiver.answers.push(500, "cut")
      yield* sandbox.complete(yield* sandbox.aToken())
      const statuses: Array<number | null> = []
      for (let attempt = 1; attempt <= 3; attempt++)
        statuses.push((yield* wire.until(({ note }) => note === `webhook, attempt ${attempt}`)).status)
      assert.deepStrictEqual(statuses, [500, null, 200])
    })
  )

  it.scopedLive("tells everybody who listens, from the beginning", () =>
    Effect.gen(function* () {
      const { aToken, url } = yield* aSandbox()
      const early = yield* followWire(url)
      const token = yield* aToken()
      const late = yield* followWire(url)
      assert.deepStrictEqual(yield* late.next, yield* early.next)
      assert.strictEqual((yield* (yield* followWire(url)).next).token, token)
    })
  )

  it.live("does not keep the sandbox from ending, nor does a request that hangs", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const { generate, url } = yield* Scope.extend(aSandbox(), scope)
      const wire = yield* Scope.extend(followWire(url), scope)
      yield* Effect.fork(generate({ "x-sandbox-behaviour": "hang" }))
      yield* wire.until(({ note }) => note === "behaviour hang")
      const listeners = yield* Effect.promise(() => fetch(`${url}/sandbox/wire`))
      yield* Scope.close(scope, Exit.void)
      const ended = yield* Effect.either(Effect.tryPromise(() => listeners.text()))
      assert.strictEqual(ended._tag, "Left")
      assert.strictEqual((yield* Effect.either(Effect.tryPromise(() => fetch(url))))._tag, "Left")
    })
  )
})
