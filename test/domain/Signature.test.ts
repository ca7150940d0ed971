import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import * as fc from "fast-check"
import {
  judge,
  parseSignature,
  type SignatureScheme,
  type SignatureSetting,
  sign,
  toleranceSeconds
} from "../../src/domain/Signature.js"

const now = 1_779_013_800

describe("HMAC-SHA-256, RFC 4231", () => {
  const counting = Buffer.from(Array.from({ length: 25 }, (_, i) => i + 1))

  it.each<[number, Buffer, Buffer, string]>([
    [
      1,
      Buffer.alloc(20, 0x0b),
      Buffer.from("Hi There"),
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    ],
    [
      2,
      Buffer.from("Jefe"),
      Buffer.from("what do ya want for nothing?"),
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    ],
    [
      3,
      Buffer.alloc(20, 0xaa),
      Buffer.alloc(50, 0xdd),
      "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
    ],
    [4, counting, Buffer.alloc(50, 0xcd), "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"],
    [5, Buffer.alloc(20, 0x0c), Buffer.from("Test With Truncation"), "a3b6167473100ee06e0c796c2955552b"],
    [
      6,
      Buffer.alloc(131, 0xaa),
      Buffer.from("Test Using Larger Than Block-Size Key - Hash Key First"),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    ],
    [
      7,
      Buffer.alloc(131, 0xaa),
      Buffer.from(
        "This is a test using a larger than block-size key and a larger than block-size data. " +
          "The key needs to be hashed before being used by the HMAC algorithm."
      ),
      "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
    ]
  ])("case %i", (_, key, data, mac) => {
    assert.strictEqual(sign(key, "body", "", data).toString("hex").slice(0, mac.length), mac)
  })
})

it("accepts GitHub's documented webhook signature", () => {
  const delivery = {
    body: Buffer.from("Hello, World!"),
    signature: "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
    timestamp: undefined
  }
  assert.deepInclude(judge(delivery, ["It's a Secret to Everybody"], "body", now), {
    _tag: "Verified",
    scheme: "body"
  })
})

describe("the vector file", () => {
  const Scheme = Schema.Literal("body", "timestamp.body")
  const File = Schema.Struct({
    format: Schema.Literal(1),
    toleranceSeconds: Schema.Number,
    vectors: Schema.Array(
      Schema.Struct({
        description: Schema.String,
        scheme: Schema.Literal("body", "timestamp.body", "either"),
        secrets: Schema.NonEmptyArray(Schema.String),
        headers: Schema.Struct({
          "X-VerifyHuman-Signature": Schema.optional(Schema.String),
          "X-VerifyHuman-Timestamp": Schema.optional(Schema.String)
        }),
        body: Schema.Uint8ArrayFromBase64,
        now: Schema.Number,
        expected: Schema.Union(
          Schema.Struct({
            result: Schema.Literal("verified", "stale"),
            scheme: Scheme,
            secret: Schema.Number
          }),
          Schema.Struct({
            result: Schema.Literal("rejected"),
            reason: Schema.Literal("missing", "malformed", "wrong")
          })
        )
      })
    )
  })
  const url = new URL("../vectors/verifyhuman-webhook-signatures.json", import.meta.url)
  const file = Schema.decodeUnknownSync(Schema.parseJson(File), { onExcessProperty: "error" })(
    readFileSync(url, "utf8")
  )

  it("is for this tolerance, and describes each case once", () => {
    assert.strictEqual(file.toleranceSeconds, toleranceSeconds)
    assert.strictEqual(new Set(file.vectors.map(({ description }) => description)).size, file.vectors.length)
  })

  it.each(file.vectors.map((vector) => [vector.description, vector] as const))("%s", (_, vector) => {
    const judgement = judge(
      {
        body: vector.body,
        signature: vector.headers["X-VerifyHuman-Signature"],
        timestamp: vector.headers["X-VerifyHuman-Timestamp"]
      },
      vector.secrets,
      vector.scheme,
      vector.now
    )
    assert.deepStrictEqual(
      judgement._tag === "Rejected"
        ? { result: "rejected", reason: judgement.reason }
        : {
            result: judgement._tag === "Verified" ? "verified" : "stale",
            scheme: judgement.scheme,
            secret: judgement.secretIndex
          },
      vector.expected
    )
  })
})

describe("judge", () => {
  const body = fc.uint8Array({ maxLength: 200 })
  const secret = fc.string({ minLength: 1, maxLength: 80 })
  const scheme = fc.constantFrom<SignatureScheme>("body", "timestamp.body")
  const setting = fc.constantFrom<SignatureSetting>("body", "timestamp.body", "either")
  const timestamp = fc.integer({ min: now - 1000, max: now + 1000 }).map(String)

  const header = (mac: Uint8Array) => `sha256=${Buffer.from(mac).toString("hex")}`

  const flipped = (bytes: Uint8Array, bit: number) => {
    const copy = Uint8Array.from(bytes)
    const at = Math.floor(bit / 8) % copy.length
    copy[at] = (copy[at] ?? 0) ^ (1 << (bit % 8))
    return copy
  }

  it("accepts what was signed with any accepted secret, under a setting that allows its scheme", () => {
    fc.assert(
      fc.property(
        body,
        fc.uniqueArray(secret, { minLength: 1, maxLength: 4 }),
        fc.nat(),
        scheme,
        setting,
        timestamp,
        (bytes, secrets, pick, signedAs, allowed, at) => {
          const secretIndex = pick % secrets.length
          const signature = header(sign(secrets[secretIndex] ?? "", signedAs, at, bytes))
          const judgement = judge({ body: bytes, signature, timestamp: at }, secrets, allowed, now)
          if (allowed !== "either" && allowed !== signedAs) {
            assert.deepStrictEqual(judgement, { _tag: "Rejected", reason: "wrong" })
          } else {
            const stale = signedAs === "timestamp.body" && Math.abs(now - Number(at)) > 300
            assert.deepStrictEqual(judgement, {
              _tag: stale ? "Stale" : "Verified",
              scheme: signedAs,
              secretIndex,
              skewSeconds: now - Number(at)
            })
          }
        }
      ),
      { numRuns: 500 }
    )
  })

  it("accepts nothing in which one bit of body or signature was changed", () => {
    fc.assert(
      fc.property(
        body,
        secret,
        scheme,
        setting,
        fc.nat(),
        fc.boolean(),
        (bytes, key, signedAs, allowed, bit, inBody) => {
          fc.pre(!inBody || bytes.length > 0)
          const at = String(now)
          const mac = sign(key, signedAs, at, bytes)
          const delivery = {
            body: inBody ? flipped(bytes, bit) : bytes,
            signature: header(inBody ? mac : flipped(mac, bit)),
            timestamp: at
          }
          assert.deepStrictEqual(judge(delivery, [key], allowed, now), { _tag: "Rejected", reason: "wrong" })
        }
      ),
      { numRuns: 1000 }
    )
  })

  it("accepts no other timestamp than the signed one", () => {
    const other = fc.oneof(timestamp, fc.string(), fc.constant(undefined))
    fc.assert(
      fc.property(body, secret, timestamp, other, (bytes, key, signedAt, sentAt) => {
        fc.pre(signedAt !== sentAt)
        const signature = header(sign(key, "timestamp.body", signedAt, bytes))
        for (const allowed of ["timestamp.body", "either"] as const) {
          const judgement = judge({ body: bytes, signature, timestamp: sentAt }, [key], allowed, now)
          assert.deepStrictEqual(judgement, { _tag: "Rejected", reason: "wrong" })
        }
      }),
      { numRuns: 500 }
    )
  })

  it("accepts nothing without a secret", () => {
    const signature = header(sign("", "body", "", Buffer.from("x")))
    const delivery = { body: Buffer.from("x"), signature, timestamp: undefined }
    assert.deepStrictEqual(judge(delivery, [], "either", now), { _tag: "Rejected", reason: "wrong" })
  })

  it("reads exactly the signatures of the one form", () => {
    const mac = fc.uint8Array({ minLength: 32, maxLength: 32 })
    fc.assert(
      fc.property(mac, (bytes) => {
        assert.deepStrictEqual(parseSignature(header(bytes)), Buffer.from(bytes))
        assert.deepStrictEqual(
          parseSignature(header(bytes).toUpperCase().replace("SHA256", "sha256")),
          Buffer.from(bytes)
        )
      })
    )
    fc.assert(
      fc.property(
        mac,
        fc.nat({ max: 70 }),
        fc.constantFrom("g", " ", "\n", "é", "=", ","),
        (bytes, at, odd) => {
          const good = header(bytes)
          assert.isNull(parseSignature(`${good.slice(0, at)}${odd}${good.slice(at)}`))
          fc.pre(good[at] !== odd)
          assert.isNull(parseSignature(`${good.slice(0, at)}${odd}${good.slice(at + 1)}`))
        }
      )
    )
  })
})
