import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { behaviourNames } from "../../src/sandbox/Behaviour.js"
import { aSandbox, assertRefused } from "./harness.js"

const foreign = { origin: "http://demo.example" }
const preflight = {
  ...foreign,
  "access-control-request-method": "PUT",
  "access-control-request-headers": "content-type"
}

describe("the sandbox's own addresses", () => {
  it.scopedLive("show and set the behaviour", () =>
    Effect.gen(function* () {
      const { ask, setBehaviour } = yield* aSandbox("late=1")
      assert.deepStrictEqual((yield* ask("/sandbox/behaviour")).json, {
        behaviour: "late=1",
        names: behaviourNames
      })
      assert.deepStrictEqual((yield* setBehaviour("flat,402")).json, { behaviour: "flat,402" })
      assert.strictEqual((yield* ask("/sandbox/behaviour")).json.behaviour, "flat,402")
      assertRefused(yield* setBehaviour("nonsense"), 422, /expected .*wrong-secret/)
      assert.strictEqual((yield* ask("/sandbox/behaviour")).json.behaviour, "flat,402")
    })
  )

  it.scopedLive("refuse what they cannot read", () =>
    Effect.gen(function* () {
      const { send } = yield* aSandbox()
      for (const [body, status] of [
        ["", 400],
        ["lost", 400],
        ["null", 422],
        [{}, 422],
        [{ behaviour: 1 }, 422],
        [{ behavior: "lost" }, 422],
        [{ behaviour: "x".repeat(17_000) }, 413]
      ] as const)
        assertRefused(yield* send("PUT", "/sandbox/behaviour", body), status)
    })
  )

  it.scopedLive("may be called from a page of any origin, and nothing else may", () =>
    Effect.gen(function* () {
      const { ask } = yield* aSandbox()
      const origins = Effect.fnUntraced(function* (path: string, init: RequestInit) {
        const { headers, status } = yield* ask(path, init)
        return [status, headers.get("access-control-allow-origin")]
      })
      const asking = { method: "OPTIONS", headers: preflight }
      for (const path of ["/sandbox/behaviour", "/sandbox/mobile-sessions", "/sandbox/wire"])
        assert.deepStrictEqual(yield* origins(path, asking), [204, "*"])
      const { headers } = yield* ask("/sandbox/behaviour", asking)
      assert.include(headers.get("access-control-allow-methods") ?? "", "PUT")
      assert.strictEqual(headers.get("access-control-allow-headers"), "content-type")
      assert.deepStrictEqual(yield* origins("/sandbox/behaviour", { headers: foreign }), [200, "*"])
      const refused = { method: "PUT", headers: foreign, body: "{" }
      assert.deepStrictEqual(yield* origins("/sandbox/behaviour", refused), [400, "*"])
      for (const path of ["/hosted/generate", "/hosted/complete/x", "/api/mobile/v1/verifyage/status/x"])
        assert.deepStrictEqual(yield* origins(path, asking), [404, null])
      assert.deepStrictEqual(yield* origins("/hosted/v/x", { headers: foreign }), [404, null])
    })
  )

  it.scopedLive("tell whoever opens the sandbox what it has", () =>
    Effect.gen(function* () {
      const { ask } = yield* aSandbox()
      const index = yield* ask("/")
      assert.strictEqual(index.status, 200)
      for (const name of behaviourNames) assert.include(index.text, name)
      for (const path of [
        "/hosted/generate",
        "/hosted/complete/",
        "/sandbox/mobile-sessions",
        "/sandbox/actions",
        "/sandbox/wire"
      ])
        assert.include(index.text, path)
    })
  )

  it.scopedLive("answer every other address in the provider's style", () =>
    Effect.gen(function* () {
      const { ask } = yield* aSandbox()
      for (const [method, path] of [
        ["GET", "/nowhere"],
        ["GET", "/hosted/generate"],
        ["PUT", "/hosted/complete/x"],
        ["DELETE", "/sandbox/behaviour"],
        ["GET", "/hosted/v/"],
        ["GET", "/hosted/v/%zz"]
      ] as const)
        assertRefused(yield* ask(`${path}?key=secret`, { method }), 404, `There is no ${method} ${path}`)
    })
  )
})
