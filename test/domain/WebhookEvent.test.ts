import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { identifier } from "../../src/domain/Correlation.js"
import { outcomeTable } from "../../src/domain/Outcome.js"
import { parseProviderTime } from "../../src/domain/ProviderTime.js"
import { readWebhookEvent, unreadableKey, type WebhookEvent } from "../../src/domain/WebhookEvent.js"

const bytesOf = (text: string) => new TextEncoder().encode(text)
const readBytes = (bytes: Uint8Array) => readWebhookEvent(bytes, outcomeTable())

const read = (body: string | object): WebhookEvent => {
  const event = readBytes(bytesOf(typeof body === "string" ? body : JSON.stringify(body)))
  assert.isNotNull(event)
  return event as WebhookEvent
}

/** The two documented bodies, letter by letter. */
const flat = `{ "event": "verification.completed", "verification_id": "…", "status": "PASS", "product": "verifyidentity",
  "environment": "live", "timestamp": "2026-05-17T10:30:00Z" }`
const enveloped = `{ "id": "e4b0c3a7-1234-4f5e-8a6b-9c0d1e2f3a4b", "type": "verification.completed", "created": "2025-01-15T14:30:00.000000Z",
  "environment": "live", "data": { "verification_id": "ver_abc123", "status": "PASS", "confidence": 92.5, "product": "verifyhuman" } }`

const texts = (event: WebhookEvent) =>
  [event.eventId, event.type, event.environment, event.product, event.providerStatus].flatMap(
    (text) => text ?? []
  )

const unfit = /[\p{Cc}\p{Cs}]/u

describe("WebhookEvent", () => {
  it("reads the documented flat body", () => {
    const { dedupeKey, ...event } = read(flat)
    assert.deepStrictEqual(event, {
      eventId: null,
      type: "verification.completed",
      environment: "live",
      product: "verifyidentity",
      outcome: "pass",
      providerStatus: "PASS",
      providerTime: parseProviderTime("2026-05-17T10:30:00Z"),
      verification: identifier("verification_id", "…"),
      candidates: [identifier("verification_id", "…")]
    })
    assert.match(dedupeKey, /^[A-Za-z0-9_-]{43}$/)
  })

  it("reads the documented enveloped body", () => {
    const { dedupeKey, ...event } = read(enveloped)
    assert.deepStrictEqual(event, {
      eventId: "e4b0c3a7-1234-4f5e-8a6b-9c0d1e2f3a4b",
      type: "verification.completed",
      environment: "live",
      product: "verifyhuman",
      outcome: "pass",
      providerStatus: "PASS",
      providerTime: parseProviderTime("2025-01-15T14:30:00Z"),
      verification: identifier("verification_id", "ver_abc123"),
      candidates: [identifier("verification_id", "ver_abc123")]
    })
    assert.match(dedupeKey, /^[A-Za-z0-9_-]{43}$/)
  })

  it("reads one event from either body", () => {
    const details = {
      verification_id: "ver_1",
      status: "FAIL",
      product: "verifyage",
      metadata: { token: "t" }
    }
    const time = "2026-05-17T10:30:00.000001Z"
    const one = read({ event: "verification.completed", environment: "test", timestamp: time, ...details })
    const other = read({ type: "verification.completed", environment: "test", created: time, data: details })
    assert.deepStrictEqual({ ...one, dedupeKey: "" }, { ...other, dedupeKey: "" })
  })

  it("fails closed: a status that is missing, or no text, is declined and kept as it came", () => {
    const statuses: ReadonlyArray<readonly [unknown, string | null]> = [
      [undefined, null],
      [null, null],
      ["", ""],
      ["passed", "passed"],
      [true, "true"],
      [1, "1"],
      [["PASS"], '["PASS"]'],
      [{ value: "PASS" }, '{"value":"PASS"}']
    ]
    for (const [status, providerStatus] of statuses) {
      for (const body of [{ status }, { data: { status } }]) {
        assert.deepInclude(read(body), { outcome: "declined", providerStatus })
      }
    }
  })

  it("reads status and product from data alone when there is data", () => {
    const event = read({ status: "PASS", product: "verifyhuman", verification_id: "top", data: {} })
    assert.deepInclude(event, {
      outcome: "declined",
      product: null,
      providerStatus: null,
      verification: null
    })
  })

  it("reads the outcome by the operator's table", () => {
    const outcomes = outcomeTable(new Map([["clear", "pass"]]))
    assert.strictEqual(readWebhookEvent(bytesOf('{"status":"Clear"}'), outcomes)?.outcome, "pass")
    assert.strictEqual(read({ status: "Clear" }).outcome, "declined")
  })

  it("takes `created` for the time, and `timestamp` where that is missing or unreadable", () => {
    const timestamp = "2026-05-17T10:30:00Z"
    const time = parseProviderTime(timestamp)
    assert.strictEqual(read({ created: timestamp, timestamp: "2030-01-01T00:00:00Z" }).providerTime, time)
    assert.strictEqual(read({ created: "yesterday", timestamp }).providerTime, time)
    assert.strictEqual(read({ created: 1779013800, timestamp }).providerTime, time)
    assert.isNull(read({ created: "yesterday", timestamp: 1779013800 }).providerTime)
  })

  it("takes what is no text for missing", () => {
    const event = read({ id: 1, type: ["x"], environment: true, data: { product: {}, verification_id: 7 } })
    assert.deepInclude(event, {
      eventId: null,
      type: "",
      environment: null,
      product: null,
      verification: null,
      candidates: []
    })
  })

  it("does not read what a body's prototype carries", () => {
    const event = read('{"__proto__":{"id":"a","type":"verification.completed","status":"PASS","token":"t"}}')
    assert.deepInclude(event, { eventId: null, type: "", outcome: "declined", candidates: [] })
  })

  it.each([
    ["nothing", ""],
    ["white space", " \n"],
    ["null", "null"],
    ["a list", `[${flat}]`],
    ["a text", '"{}"'],
    ["a number", "1"],
    ["NaN", "NaN"],
    ["NaN inside", '{"status":NaN}'],
    ["a byte order mark", `\ufeff${flat}`],
    ["half an object", flat.slice(0, -1)],
    ["two objects", `${flat}${flat}`],
    ["a trailing comma", '{"status":"PASS",}'],
    ["single quotes", "{'status':'PASS'}"],
    ["a bare control character", '{"status":"PA\nSS"}'],
    ["a form", "status=PASS"]
  ])("cannot read %s", (_, text) => assert.isNull(readBytes(bytesOf(text))))

  it.each([
    ["a stray byte", Buffer.from('{"status":"PASS","x":"\xff"}', "latin1")],
    ["an overlong form", Buffer.from([0x7b, 0x22, 0xc0, 0x80, 0x22, 0x3a, 0x31, 0x7d])],
    ["an encoded surrogate", Buffer.from([0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x3a, 0x31, 0x7d])],
    ["half a character", Buffer.from([0x7b, 0x22, 0xe2, 0x82, 0x22, 0x3a, 0x31, 0x7d])],
    ["UTF-16", Buffer.from(flat, "utf16le")]
  ])("cannot read what is not UTF-8: %s", (_, bytes) => assert.isNull(readBytes(bytes)))

  it.each([
    ["unclosed lists", "[".repeat(60_000)],
    ["unclosed objects", '{"data":'.repeat(8_000)]
  ])("does not fall over deep nesting: %s", (_, text) => assert.isNull(readBytes(bytesOf(text))))

  it.each(["status", "id", "type", "data", "metadata", "token", "created", "product"])(
    "does not fall over deep nesting in %s",
    (name) => {
      const deep = `${"[".repeat(30_000)}${"]".repeat(30_000)}`
      assert.strictEqual(read(`{"${name}":${deep}}`).outcome, "declined")
      assert.strictEqual(read(`{"data":{"${name}":${deep}}}`).outcome, "declined")
    }
  )

  describe("dedupe key", () => {
    const key = (body: string | object) => read(body).dedupeKey

    it("is that of the id, whatever else is in the bytes", () => {
      const first = { id: "evt_1", environment: "live", data: { status: "PASS" } }
      assert.strictEqual(key(first), key({ ...first, data: { status: "FAIL" }, more: 1 }))
      assert.strictEqual(key(first), key(` ${JSON.stringify(first)}\n`))
      assert.notStrictEqual(key(first), key({ ...first, id: "evt_2" }))
    })

    it("tells environments apart, a missing one too", () => {
      const keys = ["live", "test", "null", "other", undefined].map((environment) =>
        key({ id: "a", environment })
      )
      assert.strictEqual(new Set(keys).size, keys.length)
      const bodies = ["live", "test"].map((environment) => key({ environment }))
      assert.strictEqual(new Set(bodies).size, 2)
    })

    it("is that of the bytes where there is no id", () => {
      for (const id of [undefined, null, "", 7, ["a"]]) {
        const body = JSON.stringify({ id, status: "PASS" })
        assert.strictEqual(key(body), key(body))
        assert.notStrictEqual(key(body), key(`${body} `))
      }
    })

    it("never takes an id for bytes", () => {
      const body = '{"status":"FAIL" }'
      assert.notStrictEqual(key(body), key({ id: body }))
      assert.notStrictEqual(key(body), key({ id: Buffer.from(body).toString("utf16le") }))
      assert.notStrictEqual(key(body), key({ id: `body\n${body}` }))
    })

    it("of what cannot be read is that of the bytes", () => {
      assert.strictEqual(unreadableKey(bytesOf("x")), unreadableKey(bytesOf("x")))
      assert.notStrictEqual(unreadableKey(bytesOf("x")), unreadableKey(bytesOf("y")))
    })

    it("differs exactly where the ids do, lone surrogates and NUL included", () => {
      const id = fc.string16bits({ minLength: 1 })
      fc.assert(fc.property(id, id, (a, b) => (key({ id: a }) === key({ id: b })) === (a === b)))
      const near = ["\ud800", "\ud801", "\ufffd", "\\ud800", "a\u0000", "a"]
      assert.strictEqual(new Set(near.map((text) => key({ id: text }))).size, near.length)
    })

    it("is short for an id of a megabyte, and still exact", () => {
      const long = "x".repeat(1_000_000)
      const event = read({ id: `${long}a` })
      assert.match(event.dedupeKey, /^[A-Za-z0-9_-]{43}$/)
      assert.strictEqual(event.eventId, "x".repeat(200))
      assert.notStrictEqual(event.dedupeKey, key({ id: `${long}b` }))
    })
  })

  it("makes every text displayable, and compares the original", () => {
    const odd = "a\u0000\u001b[2J\ud800\n"
    const shown = "a\\u0000\\u001b[2J\\ud800\\u000a"
    const event = read({
      id: odd,
      type: odd,
      environment: odd,
      data: { product: odd, status: odd, verification_id: odd }
    })
    assert.deepStrictEqual(texts(event), [shown, shown, shown, shown, shown])
    assert.deepStrictEqual(event.verification, identifier("verification_id", odd))
    assert.notDeepEqual(event.verification, identifier("verification_id", shown))
    assert.notStrictEqual(event.dedupeKey, read({ id: shown, environment: shown }).dedupeKey)
  })

  it("never throws, and its texts always fit a column", () => {
    const field = fc.oneof(fc.string16bits({ maxLength: 300 }), fc.jsonValue({ noUnicodeString: false }))
    const details = fc.dictionary(
      fc.constantFrom("status", "product", "verification_id", "token", "metadata", "__proto__"),
      field
    )
    const body = fc
      .tuple(
        fc.dictionary(fc.constantFrom("id", "type", "event", "environment", "created", "timestamp"), field),
        details,
        fc.oneof(details, field)
      )
      .map(([top, more, data]) => ({ ...top, ...more, data }))
    fc.assert(
      fc.property(body, (json) => {
        for (const text of texts(read(json))) {
          assert.notMatch(text, unfit)
          assert.isAtMost(text.length, 200 * "\\u0000".length)
        }
      }),
      { numRuns: 500 }
    )
  })

  it("never throws over any JSON", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const json: unknown = JSON.parse(text)
        const readable = typeof json === "object" && json !== null && !Array.isArray(json)
        assert.strictEqual(readBytes(bytesOf(text)) !== null, readable)
      }),
      { numRuns: 500 }
    )
  })

  it("never throws over any bytes, nor over a body with some of them changed", () => {
    const known = fc.constantFrom(bytesOf(flat), bytesOf(enveloped))
    const changed = fc
      .tuple(known, fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }))
      .map(([bytes, changes]) => {
        const copy = Uint8Array.from(bytes)
        for (const [at, byte] of changes) copy[at % copy.length] = byte
        return copy
      })
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), changed), (bytes) => {
        const event = readBytes(bytes)
        const key = event === null ? unreadableKey(bytes) : event.dedupeKey
        assert.match(key, /^[A-Za-z0-9_-]{43}$/)
      }),
      { numRuns: 1000 }
    )
  })
})
