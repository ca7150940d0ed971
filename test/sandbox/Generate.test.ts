import { request as httpRequest } from "node:http"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { apiKey, aSandbox, assertRefused, redirects, withKey } from "./harness.js"

describe("POST /hosted/generate", () => {
  it.scopedLive("gives a page, a token and an expiry, for a key in either header", () =>
    Effect.gen(function* () {
      const { ask, send, url } = yield* aSandbox()
      for (const headers of [
        { authorization: `Bearer ${apiKey}` },
        { authorization: `bearer ${apiKey}` },
        { "x-api-key": apiKey }
      ]) {
        const body = { product: "verifyidentity", expires_in_hours: 2, ...redirects }
        const before = Date.now()
        const { json, status } = yield* send("POST", "/hosted/generate", body, headers)
        assert.strictEqual(status, 201)
        assert.deepStrictEqual(Object.keys(json), ["hosted_url", "token", "expires_at"])
        assert.match(json.token, /^[\w-]{24}$/)
        assert.strictEqual(json.hosted_url, `${url.replace("127.0.0.1", "localhost")}/hosted/v/${json.token}`)
        assert.isAtLeast(Date.parse(json.expires_at), before + 2 * 3_600_000)
        assert.strictEqual((yield* ask(`/hosted/v/${json.token}`)).status, 200)
      }
    })
  )

  it.scopedLive("makes a session of its own on each call, for an hour", () =>
    Effect.gen(function* () {
      const { generate } = yield* aSandbox()
      const [one, other] = [yield* generate(), yield* generate()]
      assert.notStrictEqual(one.json.token, other.json.token)
      const left = Date.parse(one.json.expires_at) - Date.now()
      assert.isTrue(left > 0 && left <= 3_600_000)
    })
  )

  it.scopedLive("knows one key", () =>
    Effect.gen(function* () {
      const { send } = yield* aSandbox()
      for (const headers of [
        {},
        { authorization: apiKey },
        { authorization: `Basic ${apiKey}` },
        { authorization: "Bearer " },
        { authorization: "Bearer vhk_live_other" },
        { authorization: `Bearer ${apiKey}`, "x-api-key": "vhk_live_other" },
        { "x-api-key": "pk_demo_sandbox" }
      ] as ReadonlyArray<Record<string, string>>) {
        const answer = yield* send("POST", "/hosted/generate", "not even JSON", headers)
        assert.strictEqual(answer.status, 401)
        assert.strictEqual(answer.text, '{"error":"Invalid API key","status":"ERROR"}')
      }
    })
  )

  it.scopedLive("refuses what it cannot read, and names the field", () =>
    Effect.gen(function* () {
      const { generate } = yield* aSandbox()
      for (const body of ["", "{", "\u0000", '{"product":"verifyage"'])
        assertRefused(yield* generate({}, body), 400, "The body is not JSON in UTF-8")
      for (const body of ["[]", "null", '"verifyage"'])
        assertRefused(yield* generate({}, body), 422, "the body is not acceptable")
      assertRefused(yield* generate({}, "{}"), 422, "product is missing")
      for (const [field, value] of [
        ["product", "verifynobody"],
        ["product", null],
        ["redirect_url", "not a url"],
        ["redirect_url", "javascript:alert(1)"],
        ["redirect_url", " \tJavaScript:alert(1)"],
        ["failure_redirect_url", "data:text/html,x"],
        ["expires_in_hours", 0],
        ["expires_in_hours", 1.5],
        ["expires_in_hours", 1e300],
        ["expires_in_hours", "1"],
        ["page_title", 7]
      ] as const) {
        assertRefused(yield* generate({}, { [field]: value }), 422, `${field} is not acceptable`)
      }
    })
  )

  it.scopedLive("reads the body of a client that would rather speak HTTP/2", () =>
    Effect.gen(function* () {
      const { url } = yield* aSandbox()
      const upgrade = {
        connection: "Upgrade, HTTP2-Settings",
        upgrade: "h2c",
        "http2-settings": "AAMAAABkAAQCAAAA"
      }
      const status = yield* Effect.async<number>((resume) => {
        const headers = { ...withKey, ...upgrade }
        httpRequest(`${url}/hosted/generate`, { method: "POST", headers }, (response) =>
          resume(Effect.succeed(response.resume().statusCode ?? 0))
        ).end('{"product":"verifyage"}')
      })
      assert.strictEqual(status, 201)
    })
  )

  it.scopedLive("takes no notice of fields that it does not know", () =>
    Effect.gen(function* () {
      const { generate } = yield* aSandbox()
      assert.strictEqual((yield* generate({}, { metadata: { order: 7 } })).status, 201)
    })
  )

  it.scopedLive("reads no more than 16 KiB, declared or chunked", () =>
    Effect.gen(function* () {
      const { ask, generate } = yield* aSandbox()
      const page_title = "x".repeat(16 * 1024)
      assertRefused(yield* generate({}, { page_title }), 413)
      const chunks = new ReadableStream({
        start: (controller) => {
          for (let sent = 0; sent < 8; sent++) controller.enqueue(new TextEncoder().encode(page_title))
          controller.close()
        }
      })
      const init = {
        method: "POST",
        headers: { authorization: `Bearer ${apiKey}` },
        body: chunks,
        duplex: "half"
      }
      assertRefused(yield* ask("/hosted/generate", init as RequestInit), 413)
      assert.strictEqual((yield* generate({}, { page_title: page_title.slice(100) })).status, 201)
    })
  )
})
