import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { aSandbox, assertRefused } from "./harness.js"
import { aSession, products } from "./mobileSession.js"

describe("the mobile status endpoints of a session that was told to misbehave", () => {
  it.scopedLive.each([
    ["402", 402],
    ["401", 401],
    ["403", 403],
    ["500", 500]
  ] as const)("fail with %s on demand, for one session only", ([behaviour, expected]) =>
    Effect.gen(function* () {
      const sandbox = yield* aSandbox()
      const failing = yield* aSession(sandbox, { behaviour })
      for (let requests = 0; requests < 3; requests++) assertRefused(yield* failing.status(), expected)
      assert.strictEqual((yield* (yield* aSession(sandbox)).status()).status, 200)
    })
  )

  it.scopedLive("fail for a number of requests, each session for itself, and then tell", () =>
    Effect.gen(function* () {
      const sandbox = yield* aSandbox()
      for (let sessions = 0; sessions < 2; sessions++) {
        const { status } = yield* aSession(sandbox, { behaviour: "500=2,cut=1,429=1" })
        const seen: Array<number | string> = []
        for (let requests = 0; requests < 5; requests++) {
          const answer = yield* Effect.either(Effect.sandbox(status()))
          seen.push(answer._tag === "Right" ? answer.right.status : "cut")
          if (seen.at(-1) === 429 && answer._tag === "Right")
            assert.strictEqual(answer.right.headers.get("retry-after"), "1")
        }
        assert.deepStrictEqual(seen, [500, 500, "cut", 429, 200])
      }
    })
  )

  it.scopedLive("do not count requests with a wrong key", () =>
    Effect.gen(function* () {
      const { status } = yield* aSession(yield* aSandbox(), { behaviour: "500=1" })
      assert.strictEqual((yield* status({})).status, 401)
      assert.strictEqual((yield* status()).status, 500)
      assert.strictEqual((yield* status()).status, 200)
    })
  )

  it.scopedLive.each(products)("%s: tell lies on demand", (product) =>
    Effect.gen(function* () {
      const sandbox = yield* aSandbox()
      const told = Effect.fnUntraced(function* (behaviour: string) {
        const session = yield* aSession(sandbox, { product, behaviour })
        return { ...session, json: (yield* session.status()).json }
      })
      const elsewhere = yield* told("wrong-environment")
      assert.strictEqual(elsewhere.json.meta.environment, "live")
      const other = yield* told("wrong-product")
      assert.notStrictEqual(other.json.product, product)
      assert.include(products, other.json.product)
      const session = yield* told("wrong-session")
      assert.notStrictEqual(session.json.session_id, session.session_id)
      assert.notStrictEqual(session.json.verification_id, session.verification_id)
      assert.deepInclude((yield* told("no-success")).json, { success: false, outcome: "PASS" })
      const shapeless = yield* told("wrong-shape")
      assert.deepStrictEqual(shapeless.json, { success: true, result: { outcome: "PASS" } })
      for (const { json } of [elsewhere, other, session])
        assert.deepInclude(json, { success: true, outcome: "PASS" })
    })
  )
})
