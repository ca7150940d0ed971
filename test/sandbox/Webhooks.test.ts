import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { deliveryId, ended } from "./endings.js"
import { aSandbox, judged } from "./harness.js"

describe("the webhook", () => {
  it.scopedLive("is the documented envelope with the token in its data, signed over its exact bytes", () =>
    Effect.gen(function* () {
      const { first, token } = yield* ended(yield* aSandbox(), "")
      const { json } = first
      assert.deepStrictEqual(Object.keys(json), ["id", "type", "created", "environment", "data"])
      assert.deepInclude(json, { type: "verification.completed", environment: "test" })
      assert.match(json.created, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
      const { verification_id, ...data } = json.data
      assert.match(verification_id, /^ver_[\w-]{24}$/)
      assert.deepStrictEqual(data, { status: "PASS", product: "verifyidentity", confidence: 92.5, token })
      assert.strictEqual(judged(first), "Verified")
      assert.strictEqual(judged(first, "timestamp.body"), "Rejected")
      assert.strictEqual(first.headers["content-type"], "application/json")
      assert.strictEqual(first.headers["x-verifyhuman-event"], "verification.completed")
      assert.strictEqual(first.headers["x-verifyhuman-event-id"], json.id)
      assert.strictEqual(first.headers["x-verifyhuman-environment"], "test")
      assert.isString(deliveryId(first))
      assert.notProperty(first.headers, "traceparent")
    })
  )

  it.scopedLive.each([
    ["pass", "PASS"],
    ["fail", "FAIL"],
    ["refuse", "FAIL"],
    ["PENDING", "PENDING"],
    ["throttled", "throttled"],
    ["toString", "toString"]
  ])("of %s says %s", ([outcome, status]) =>
    Effect.gen(function* () {
      const { first } = yield* ended(yield* aSandbox(), "", { outcome })
      assert.strictEqual(first.json.data.status, status)
    })
  )

  it.scopedLive.each([
    ["wrong-environment", { environment: "live" }, {}],
    ["wrong-product", {}, { product: "verifyhuman" }]
  ] as const)("%s: all else is right, the signature too", ([behaviour, envelope, data]) =>
    Effect.gen(function* () {
      const { first, token } = yield* ended(yield* aSandbox(), behaviour)
      assert.deepInclude(first.json, { environment: "test", ...envelope })
      assert.deepInclude(first.json.data, { product: "verifyidentity", token, status: "PASS", ...data })
      assert.strictEqual(first.headers["x-verifyhuman-environment"], first.json.environment)
      assert.strictEqual(judged(first), "Verified")
    })
  )

  it.scopedLive("wrong-session: about one that nobody knows", () =>
    Effect.gen(function* () {
      const { first, token } = yield* ended(yield* aSandbox(), "wrong-session")
      assert.match(first.json.data.token, /^[\w-]{24}$/)
      assert.notStrictEqual(first.json.data.token, token)
      assert.strictEqual(judged(first), "Verified")
    })
  )

  it.scopedLive("no-reference: a verification_id and no token", () =>
    Effect.gen(function* () {
      const { first, token } = yield* ended(yield* aSandbox(), "no-reference")
      assert.sameMembers(Object.keys(first.json.data), ["verification_id", "status", "product", "confidence"])
      assert.notInclude(first.bytes.toString(), token)
    })
  )

  it.scopedLive("flat: the other documented body, with the token at its top level and no id", () =>
    Effect.gen(function* () {
      const { first, token } = yield* ended(yield* aSandbox(), "flat")
      const { timestamp, verification_id, ...rest } = first.json
      assert.match(timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
      assert.match(verification_id, /^ver_/)
      const event = "verification.completed"
      assert.deepStrictEqual(rest, {
        event,
        status: "PASS",
        product: "verifyidentity",
        environment: "test",
        token
      })
      assert.strictEqual(judged(first), "Verified")
    })
  )

  it.scopedLive("timestamp: signed over timestamp and body", () =>
    Effect.gen(function* () {
      const { first } = yield* ended(yield* aSandbox(), "timestamp")
      assert.strictEqual(judged(first, "timestamp.body"), "Verified")
      assert.strictEqual(judged(first, "body"), "Rejected")
    })
  )

  it.scopedLive("wrong-secret: signed, but not by us", () =>
    Effect.gen(function* () {
      const { first } = yield* ended(yield* aSandbox(), "wrong-secret")
      assert.match(first.headers["x-verifyhuman-signature"] ?? "", /^sha256=[0-9a-f]{64}$/)
      assert.strictEqual(judged(first, "either"), "Rejected")
    })
  )

  it.scopedLive("several behaviours at once", () =>
    Effect.gen(function* () {
      const { first } = yield* ended(yield* aSandbox(), "flat, timestamp, no-reference, wrong-environment")
      assert.strictEqual(judged(first, "timestamp.body"), "Verified")
      assert.sameMembers(Object.keys(first.json), [
        "event",
        "verification_id",
        "status",
        "product",
        "environment",
        "timestamp"
      ])
      assert.strictEqual(first.json.environment, "live")
    })
  )
})
