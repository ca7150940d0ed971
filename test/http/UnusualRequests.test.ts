import { assert, describe, layer as sharing } from "@effect/vitest"
import { Effect } from "effect"
import { aBody } from "../suites/fixtures.js"
import { head, lastAnswer } from "./connection.js"
import { ask, service, signed, status } from "./harness.js"
import { lastRequest, said, toService } from "./rawRequests.js"
import { aStartedSession } from "./requests.js"

const webhook = "/api/webhooks/verifyhuman"
const get = (path: string, headers: Record<string, string> = {}) =>
  lastRequest({ method: "GET", path, headers })

describe("unusual requests that are fine", () => {
  sharing(service(), { excludeTestServices: true })((it) => {
    it.effect("takes absolute addresses, odd queries, many headers, and HTTP/1.0 without a host", () =>
      Effect.gen(function* () {
        for (const text of [
          get("http://service/health/live"),
          get(`/health/live?${"x".repeat(15_000)}`),
          get("/health/live?%=%&=&&?;#"),
          get("/health/live", { x: `y${"\r\nx: y".repeat(4000)}` }),
          "GET /health/live HTTP/1.0\r\n\r\n"
        ]) {
          assert.deepInclude(lastAnswer(yield* said(text)), { status: 200, body: '{"status":"live"}' })
        }
      })
    )

    it.effect("HEAD answers like GET, without the body", () =>
      Effect.gen(function* () {
        const { sessionRef, user } = yield* aStartedSession
        for (const path of [
          "/health/live",
          "/openapi.json",
          "/docs",
          `/api/verify-status?session_ref=${sessionRef}`,
          "/api/verify-status?session_ref=vs_x",
          "/api/verifications",
          "/nowhere"
        ]) {
          const got = yield* ask(path, { headers: user })
          const headed = yield* ask(path, { method: "HEAD", headers: user })
          assert.deepStrictEqual([headed.status, headed.text], [got.status, ""])
          for (const name of ["content-type", "content-length", "etag"]) {
            assert.strictEqual(headed.headers.get(name), got.headers.get(name), `${path} ${name}`)
          }
        }
      })
    )

    it.effect("the body of a GET is nobody's next request", () =>
      Effect.gen(function* () {
        const hidden = get("/docsx")
        const first = head({
          method: "GET",
          path: "/health/live",
          headers: { "content-length": String(hidden.length) }
        })
        const received = yield* said(first + hidden + get("/health/ready"))
        assert.deepStrictEqual(received.match(/HTTP\/1\.1 \d+/g), ["HTTP/1.1 200", "HTTP/1.1 200"])
        assert.deepInclude(lastAnswer(received), { status: 200, body: '{"status":"ready"}' })
      })
    )

    it.effect.each<[string, Record<string, string>]>([
      ["Expect: 100-continue", { expect: "100-continue" }],
      ["another expectation", { expect: "tea" }],
      [
        "an upgrade to HTTP/2",
        { connection: "Upgrade, HTTP2-Settings", upgrade: "h2c", "http2-settings": "AAMAAABkAAQAAP__" }
      ],
      [
        "an upgrade to WebSocket",
        {
          connection: "Upgrade",
          upgrade: "websocket",
          "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
          "sec-websocket-version": "13"
        }
      ]
    ])("%s: the body is read and the request is answered", ([, headers]) =>
      Effect.gen(function* () {
        const { sessionRef, token, user } = yield* aStartedSession
        const body = aBody({ token })
        const connection = yield* toService
        const length = { "content-length": String(body.length) }
        yield* connection.send(
          head({ method: "POST", path: webhook, headers: { ...signed(body), ...length, ...headers } })
        )
        yield* connection.send(body)
        yield* connection.until(/HTTP\/1\.1 200 OK[\s\S]*\{"received":true\}$/)
        assert.strictEqual((yield* status(user, sessionRef)).json.status, "pass")
      }).pipe(Effect.scoped)
    )
  })
})
