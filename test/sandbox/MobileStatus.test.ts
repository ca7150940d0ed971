import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { aSandbox, assertRefused, clientKey } from "./harness.js"
import { aSession, products, withClientKey } from "./mobileSession.js"

describe("the mobile status endpoints", () => {
  it.scopedLive.each(products)("%s: the documented envelope", (product) =>
    Effect.gen(function* () {
      const session = yield* aSession(yield* aSandbox(), { product, outcome: "FAIL" })
      const { json, status } = yield* session.status()
      assert.strictEqual(status, 200)
      assert.deepStrictEqual(json, {
        success: true,
        session_id: session.session_id,
        verification_id: session.verification_id,
        product,
        outcome: "FAIL",
        next_step: null,
        data: {},
        meta: { environment: "test", step: "done" }
      })
    })
  )

  it.scopedLive("know one key, in either header", () =>
    Effect.gen(function* () {
      const { status } = yield* aSession(yield* aSandbox())
      for (const headers of [
        withClientKey,
        { authorization: `clientkey ${clientKey}` },
        { "x-client-key": clientKey }
      ])
        assert.strictEqual((yield* status(headers)).status, 200)
      for (const headers of [
        {},
        { authorization: `Bearer ${clientKey}` },
        { authorization: `ClientKey ${clientKey}x` },
        { "x-client-key": "vhk_test_sandbox" },
        { "x-api-key": clientKey }
      ] as ReadonlyArray<Record<string, string>>)
        assertRefused(yield* status(headers), 401, "Invalid API key")
    })
  )

  it.scopedLive("know a session by the id and the product that are its own", () =>
    Effect.gen(function* () {
      const sandbox = yield* aSandbox()
      const { session_id, status, verification_id } = yield* aSession(sandbox)
      const hosted = yield* sandbox.aToken()
      yield* sandbox.complete(hosted)
      for (const path of [
        "verifyage/status/msess_test_nobody",
        `verifyidentity/status/${session_id}`,
        `verifyage/status/${verification_id}`,
        `verifyage/status/${hosted}`
      ]) {
        const answer = yield* status(withClientKey, path)
        assert.deepStrictEqual([answer.status, answer.json.success], [404, false])
      }
      assertRefused(
        yield* status(withClientKey, `verifynobody/status/${session_id}`),
        404,
        /^There is no GET/
      )
      assertRefused(yield* status(withClientKey, "verifyage/status/%zz"), 404)
    })
  )

  it.scopedLive.each([[{ after_seconds: 3600 }], [{ behaviour: "late=3600" }], [{ outcome: null }]] as const)(
    "%j: not decided yet",
    ([fields]) =>
      Effect.gen(function* () {
        const sandbox = yield* aSandbox()
        for (const product of products) {
          const { status, verification_id } = yield* aSession(sandbox, { product, ...fields })
          const { json } = yield* status()
          assert.deepInclude(json, { success: true, outcome: null, next_step: "submit" })
          assert.strictEqual(json.verification_id, product === "verifyhuman" ? verification_id : null)
        }
      })
  )

  it.scopedLive("are decided when the time has come", () =>
    Effect.gen(function* () {
      const { status } = yield* aSession(yield* aSandbox(), { after_seconds: 1 })
      const { json } = yield* Effect.repeat(status(), { until: ({ json }) => json.outcome !== null })
      assert.deepInclude(json, { outcome: "PASS", next_step: null })
    })
  )

  it.scopedLive("refuse a session that cannot be", () =>
    Effect.gen(function* () {
      const { send } = yield* aSandbox()
      for (const [body, status] of [
        ["", 400],
        ["{", 400],
        ["[]", 422],
        [{}, 422],
        [{ product: "verifynobody" }, 422],
        [{ product: "verifyage", after_seconds: -1 }, 422],
        [{ product: "verifyage", after_seconds: 3601 }, 422],
        [{ product: "verifyage", outcome: 7 }, 422],
        [{ product: "verifyage", behaviour: "nonsense" }, 422],
        [{ product: "verifyage", behavior: "lost" }, 422]
      ] as const)
        assertRefused(yield* send("POST", "/sandbox/mobile-sessions", body), status, /expected/)
    })
  )
})
