import { randomBytes } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { Webhook } from "standardwebhooks"
import { standardWebhookHeaders } from "../../src/actions/StandardWebhooks.js"

const aSecret = () => `whsec_${randomBytes(32).toString("base64")}`
const [old, current] = [aSecret(), aSecret()]
const seconds = () => Math.floor(Date.now() / 1000)
const payload = '{"type":"verification.passed","data":{"reference":"Grüße, 世界 🌍"}}'
const headers = (secrets: ReadonlyArray<string>, at = seconds()) => ({
  ...standardWebhookHeaders("msg_1", at, payload, secrets)
})

describe("an action's signature", () => {
  it("is verified by the reference implementation, over the exact text", () => {
    assert.deepStrictEqual(new Webhook(current).verify(payload, headers([current])), JSON.parse(payload))
    assert.throws(() => new Webhook(current).verify(`${payload} `, headers([current])))
  })

  it("is the very one that the reference implementation makes", () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^msg_[\w-]{1,40}$/),
        fc.integer({ min: 0, max: 4_000_000_000 }),
        fc.string({ unit: "grapheme" }),
        fc.uint8Array({ minLength: 24, maxLength: 64 }),
        (id, at, text, key) => {
          const secret = `whsec_${Buffer.from(key).toString("base64")}`
          assert.deepStrictEqual(standardWebhookHeaders(id, at, text, [secret]), {
            "webhook-id": id,
            "webhook-timestamp": String(at),
            "webhook-signature": new Webhook(secret).sign(id, new Date(at * 1000), text)
          })
        }
      )
    )
  })

  it("is made by each secret while they rotate, so that either of them verifies", () => {
    const both = headers([old, current])
    assert.lengthOf(both["webhook-signature"]?.split(" ") ?? [], 2)
    for (const secret of [old, current]) assert.isDefined(new Webhook(secret).verify(payload, both))
  })

  it.each(["webhook-id", "webhook-timestamp"])("covers the header %s", (name) => {
    const forged = { ...headers([current]), [name]: name === "webhook-id" ? "msg_2" : String(seconds() - 1) }
    assert.throws(() => new Webhook(current).verify(payload, forged), "No matching signature")
  })

  it("is refused by whoever has another secret, and when it is old", () => {
    assert.throws(() => new Webhook(aSecret()).verify(payload, headers([old, current])))
    assert.throws(() => new Webhook(current).verify(payload, headers([current], seconds() - 600)))
  })
})
