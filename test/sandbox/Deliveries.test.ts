import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { deliveryId, ended, timestampOf } from "./endings.js"
import { aSandbox, judged } from "./harness.js"
import type { Delivery } from "./receiver.js"

describe("the deliveries of a webhook", () => {
  it.scopedLive(
    "duplicate: the same event so many times, each delivery with an id of its own, and no more",
    () =>
      Effect.gen(function* () {
        const sandbox = yield* aSandbox()
        const { deliveries } = yield* ended(sandbox, "duplicate=3", { count: 3 })
        assert.strictEqual(new Set(deliveries.map(({ bytes }) => bytes.toString())).size, 1)
        assert.strictEqual(new Set(deliveries.map(deliveryId)).size, 3)
        for (const delivery of deliveries) assert.strictEqual(judged(delivery), "Verified")
        const { first, token } = yield* ended(sandbox, "")
        assert.strictEqual(first.json.data.token, token)
      })
  )

  it.scopedLive("lost: nothing comes, and the wire says so", () =>
    Effect.gen(function* () {
      const sandbox = yield* aSandbox()
      yield* sandbox.complete(yield* sandbox.aToken("lost"))
      const { first, token } = yield* ended(sandbox, "")
      assert.strictEqual(first.json.data.token, token)
    })
  )

  it.scopedLive.each(["reorder", "reorder,flat"])(
    "%s: an older review event after the verdict",
    (behaviour) =>
      Effect.gen(function* () {
        const { deliveries, token } = yield* ended(yield* aSandbox(), behaviour, { count: 2 })
        const facts = deliveries.map(({ json }) => ({
          status: (json.data ?? json).status,
          token: (json.data ?? json).token
        }))
        assert.deepStrictEqual(facts, [
          { status: "PASS", token },
          { status: "PENDING", token }
        ])
        const [verdict = "", review = ""] = deliveries.map(({ json }) => json.created ?? json.timestamp)
        assert.isBelow(Date.parse(review), Date.parse(verdict))
        assert.strictEqual(
          new Set(deliveries.map(({ headers }) => headers["x-verifyhuman-event-id"])).size,
          2
        )
      })
  )

  it.scopedLive("late: the verdict is as old as it is, the signature is of now", () =>
    Effect.gen(function* () {
      const { first } = yield* ended(yield* aSandbox(), "late=2")
      assert.isAtLeast(timestampOf(first) - Math.floor(Date.parse(first.json.created) / 1000), 2)
    })
  )

  it.scopedLive("one that is late does not hold up the others", () =>
    Effect.gen(function* () {
      const sandbox = yield* aSandbox()
      yield* sandbox.complete(yield* sandbox.aToken("late=3600"))
      const { first, token } = yield* ended(sandbox, "")
      assert.strictEqual(first.json.data.token, token)
    })
  )

  it.scopedLive("the hosted page's choice takes the place of the session's", () =>
    Effect.gen(function* () {
      const { aToken, complete, receiver } = yield* aSandbox("no-reference")
      const token = yield* aToken("wrong-secret")
      yield* complete(token, { outcome: "pass", behaviour: "flat" })
      const delivery = yield* receiver.next
      assert.strictEqual(judged(delivery), "Verified")
      assert.strictEqual(delivery.json.token, token)
    })
  )
})

describe("a webhook that is not taken", () => {
  it.scopedLive("is sent again until it is: the same event, a new delivery, signed anew", () =>
    Effect.gen(function* () {
      const sandbox = yield* aSandbox()
      sandbox.receiver.answers.push(500, "cut", 302, 204)
      const { deliveries } = yield* ended(sandbox, "timestamp", { count: 4 })
      assert.strictEqual(new Set(deliveries.map(({ bytes }) => bytes.toString())).size, 1)
      assert.strictEqual(new Set(deliveries.map(({ headers }) => headers["x-verifyhuman-event-id"])).size, 1)
      assert.strictEqual(new Set(deliveries.map(deliveryId)).size, 4)
      assert.isAbove(timestampOf(deliveries[3] as Delivery), timestampOf(deliveries[0] as Delivery))
      for (const delivery of deliveries) assert.strictEqual(judged(delivery, "timestamp.body"), "Verified")
      const { first, token } = yield* ended(sandbox, "")
      assert.strictEqual(first.json.data.token, token)
    })
  )
})
