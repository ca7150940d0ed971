import { createHmac } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { diagnose } from "../../src/webhooks/Diagnosis.js"

const secret = "whsec_c2FuZGJveC1zZWNyZXQtb25l"
const stripped = secret.slice("whsec_".length)
const timestamp = "1779013800"
const body = '{"id":"evt_1","data":{"status":"PASS"}}'
const indented = JSON.stringify(JSON.parse(body), null, 2)
const noMatch = ["no configured secret matches in any form: another secret, or not from VerifyHuman"]
const noSignature = ["the signature header is missing or not of the form sha256=<64 hex digits>"]

const signed = (key: string | Uint8Array, text: string) =>
  `sha256=${createHmac("sha256", key).update(text).digest("hex")}`

const delivery = (signature: string | undefined, text = body, at: string | undefined = timestamp) => ({
  body: Buffer.from(text),
  signature,
  timestamp: at
})

describe("Diagnosis", () => {
  it.each([
    [
      "the other scheme",
      delivery(signed(secret, `${timestamp}.${body}`)),
      "secret 1 as configured, over the body as received, with scheme timestamp.body, would match"
    ],
    [
      "the first scheme",
      delivery(signed(secret, body)),
      "secret 1 as configured, over the body as received, with scheme body, would match"
    ],
    [
      "a timestamp that was refused for its form",
      delivery(signed(secret, `soon.${body}`), body, "soon"),
      "secret 1 as configured, over the body as received, with scheme timestamp.body, would match"
    ],
    [
      "a secret used without its prefix",
      delivery(signed(stripped, body)),
      "secret 1 without its whsec_ prefix, over the body as received, with scheme body, would match"
    ],
    [
      "a secret used as the bytes that it encodes",
      delivery(signed(Buffer.from(stripped, "base64"), `${timestamp}.${body}`)),
      "secret 1 base64-decoded, over the body as received, with scheme timestamp.body, would match"
    ],
    [
      "a secret with a line end",
      delivery(signed(`${secret}\n`, body)),
      "secret 1 with white space around it, over the body as received, with scheme body, would match"
    ],
    [
      "a body that was parsed and written again on its way",
      delivery(signed(secret, body), indented),
      "secret 1 as configured, over the body parsed and written again, with scheme body, would match"
    ],
    [
      "two of these at once",
      delivery(signed(stripped, `${timestamp}.${body}`), indented),
      "secret 1 without its whsec_ prefix, over the body parsed and written again, with scheme timestamp.body, would match"
    ]
  ])("says one thing of %s", (_, given, finding) =>
    assert.deepStrictEqual(diagnose(given, [secret]), [finding])
  )

  it("says which of several secrets, and each once", () => {
    const given = delivery(signed("plain", body))
    assert.deepStrictEqual(diagnose(given, [secret, "plain"]), [
      "secret 2 as configured, over the body as received, with scheme body, would match"
    ])
  })

  it("does not try a timestamp that was not sent", () => {
    const given = { ...delivery(signed(secret, `.${body}`)), timestamp: undefined }
    assert.deepStrictEqual(diagnose(given, [secret]), noMatch)
  })

  it.each([
    ["another secret", delivery(signed("whsec_other", body))],
    ["another body", delivery(signed(secret, `${body} `))],
    ["a body that is not JSON", delivery(signed(secret, body), "status=PASS")],
    [
      "a body nested too deeply to be written",
      delivery(signed(secret, body), `${"[".repeat(30_000)}${"]".repeat(30_000)}`)
    ]
  ])("finds nothing for %s", (_, given) => assert.deepStrictEqual(diagnose(given, [secret]), noMatch))

  it.each([undefined, "", "sha256=", signed(secret, body).slice(0, -1), signed(secret, body).slice(7)])(
    "says of %j that it is no signature",
    (signature) => assert.deepStrictEqual(diagnose(delivery(signature), [secret]), noSignature)
  )

  it("never shows a secret, a signature, a timestamp or a body", () => {
    const words = fc.hexaString({ minLength: 16, maxLength: 60 })
    fc.assert(
      fc.property(
        words,
        words,
        fc.constantFrom("", "whsec_"),
        fc.constantFrom(...(["as configured", "stripped", "decoded", "other", "malformed"] as const)),
        fc.boolean(),
        fc.boolean(),
        (key, id, prefix, form, withTimestamp, reserialised) => {
          const configured = `${prefix}${key}`
          const sent = JSON.stringify({ id }, null, reserialised ? 2 : 0)
          const content = JSON.stringify({ id })
          const used = {
            "as configured": configured,
            stripped: key,
            decoded: Buffer.from(key, "base64"),
            other: "other",
            malformed: configured
          }[form]
          const signature = signed(used, withTimestamp ? `${timestamp}.${content}` : content)
          const given = delivery(form === "malformed" ? `${signature}0` : signature, sent)
          const diagnosis = diagnose(given, [configured])
          assert.strictEqual(diagnosis.length, 1)
          for (const hidden of [key, id, signature.slice(7), timestamp]) {
            assert.notInclude(diagnosis.join("\n"), hidden)
          }
        }
      ),
      { numRuns: 300 }
    )
  })

  it("never throws", () => {
    const text = fc.option(fc.string(), { nil: undefined })
    const signature = fc.oneof(
      text,
      fc.hexaString({ minLength: 64, maxLength: 64 }).map((hex) => `sha256=${hex}`)
    )
    const some = fc.record({ body: fc.uint8Array(), signature, timestamp: text })
    fc.assert(
      fc.property(some, fc.array(fc.fullUnicodeString(), { maxLength: 3 }), (given, secrets) => {
        assert.lengthOf(diagnose(given, secrets), 1)
      })
    )
  })
})
