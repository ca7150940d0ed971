import { assert, describe, layer as sharing } from "@effect/vitest"
import { Effect } from "effect"
import { ask, service } from "./harness.js"
import { assertRefused, lastRequest, said } from "./rawRequests.js"

const webhook = "/api/webhooks/verifyhuman"
const get = (path: string, headers: Record<string, string> = {}) =>
  lastRequest({ method: "GET", path, headers })
const post = (path: string, headers: Record<string, string>) => lastRequest({ method: "POST", path, headers })

describe("odd requests", () => {
  sharing(service(), { excludeTestServices: true })((it) => {
    it.effect.each<[string, string, number, string]>([
      ["not HTTP", "nonsense\r\n\r\n", 400, "invalid_request"],
      ["TLS", "\x16\x03\x01\x00\xc8\x01\x00\x00\xc4\x03\x03", 400, "invalid_request"],
      ["HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "invalid_request"],
      ["a method nobody knows", "BREW / HTTP/1.1\r\nHost: x\r\n\r\n", 400, "invalid_request"],
      ["a relative address", "GET health/live HTTP/1.1\r\nHost: x\r\n\r\n", 400, "invalid_request"],
      ["bytes in an address", "GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n", 400, "invalid_request"],
      ["a NUL in a header", "GET / HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n", 400, "invalid_request"],
      ["no host", "GET /health/live HTTP/1.1\r\nConnection: close\r\n\r\n", 400, "invalid_request"],
      ["two lengths", post(webhook, { "content-length": "2\r\ncontent-length: 3" }), 400, "invalid_request"],
      ["a length below nothing", post(webhook, { "content-length": "-5" }), 400, "invalid_request"],
      [
        "a length and chunks",
        `${post(webhook, { "content-length": "2", "transfer-encoding": "chunked" })}0\r\n\r\n`,
        400,
        "invalid_request"
      ],
      ["an encoding unknown", post(webhook, { "transfer-encoding": "gzip" }), 400, "invalid_request"],
      [
        "a chunk without a length",
        `${post(webhook, { "transfer-encoding": "chunked" })}zz\r\n`,
        400,
        "invalid_request"
      ],
      [
        "a chunk with a long extension",
        `${post(webhook, { "transfer-encoding": "chunked" })}1;${"x".repeat(20_000)}`,
        413,
        "payload_too_large"
      ],
      [
        "a long header",
        get("/health/live", { x: "y".repeat(17_000) }),
        431,
        "request_header_fields_too_large"
      ],
      [
        "many headers",
        get("/health/live", { x: `y${"\r\nx: y".repeat(9000)}` }),
        431,
        "request_header_fields_too_large"
      ],
      ["a long address", get(`/${"x".repeat(17_000)}`), 431, "request_header_fields_too_large"]
    ])("%s: a problem and a closed connection", ([, text, status, code]) =>
      Effect.flatMap(said(Buffer.from(text, "latin1")), (received) => assertRefused(received, status, code))
    )

    it.effect("a tunnel: a closed connection", () =>
      Effect.gen(function* () {
        assert.strictEqual(yield* said("CONNECT a.example:443 HTTP/1.1\r\nHost: x\r\n\r\n"), "")
        assert.strictEqual((yield* ask("/health/live")).status, 200)
      })
    )

    it.effect.each([
      "*",
      "//",
      "//evil.example/health/live",
      "/health/../health/live",
      "/health/live/",
      "/health//live",
      "/health/live;a=b",
      "/health/live#a",
      "/HEALTH/live",
      "/health%2flive",
      "/health/live%00",
      "/%",
      "/%c0%af",
      "/constructor",
      "http://",
      "http://[::1",
      "http://evil.example/docsx"
    ])("there is nothing at %s", (path) =>
      Effect.gen(function* () {
        yield* assertRefused(yield* said(Buffer.from(get(path), "latin1")), 404, "not_found")
      })
    )
  })
})
