import { connect } from "node:net"
import { assert, describe, layer as sharing } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { ask, aUser, baseUrl, type Service } from "../http/harness.js"
import { assertProblem } from "../http/requests.js"

/** Says raw bytes to the server and collects what comes back until it closes. */
const raw = Effect.fnUntraced(function* (text: string) {
  const { port } = new URL(yield* baseUrl)
  return yield* Effect.async<string>((resume) => {
    const chunks: Array<Buffer> = []
    const socket = connect(Number(port), "127.0.0.1", () => socket.write(text))
    socket.on("data", (chunk) => chunks.push(chunk))
    socket.on("error", () => {})
    socket.on("close", () => resume(Effect.succeed(Buffer.concat(chunks).toString("utf8"))))
  })
})

/** What every address has in common, over a real socket. */
export const protocolSuite = (name: string, service: Service) => {
  const layer = Layer.fresh(service())

  describe(`every other request: ${name}`, () => {
    sharing(layer, { excludeTestServices: true })((it) => {
      it.effect("404 for an unknown address, 405 with Allow for a wrong method", () =>
        Effect.gen(function* () {
          const user = yield* aUser()
          for (const path of [
            "/",
            "/api",
            "/api/verify-status/",
            "/%zz",
            "/api/verify-status%00",
            "/__proto__"
          ]) {
            assertProblem(yield* ask(path, { headers: user }), 404, "not_found")
          }
          for (const [method, path, allow] of [
            ["GET", "/api/start-verification", "POST"],
            ["POST", "/api/verify-status", "GET, HEAD"],
            ["DELETE", "/api/webhooks/verifyhuman", "POST"],
            ["PUT", "/health/live", "GET, HEAD"],
            ["OPTIONS", "/api/start-verification", "POST"],
            ["POST", "/docs", "GET, HEAD"]
          ] as const) {
            const answer = yield* ask(path, { method })
            assertProblem(answer, 405, "method_not_allowed")
            assert.strictEqual(answer.headers.get("allow"), allow)
          }
        })
      )

      it.effect("echoes a fit request id and makes one up otherwise", () =>
        Effect.gen(function* () {
          const given = yield* ask("/health/live", { headers: { "x-request-id": "abc-1.2_3" } })
          assert.strictEqual(given.headers.get("x-request-id"), "abc-1.2_3")
          const unfit = yield* ask("/health/live", { headers: { "x-request-id": "<script>" } })
          assert.match(unfit.headers.get("x-request-id") ?? "", /^[0-9a-f-]{36}$/)
          assert.strictEqual(unfit.headers.get("x-content-type-options"), "nosniff")
          assert.include(unfit.headers.get("content-security-policy"), "default-src 'none'")
        })
      )

      it.effect("is live and ready", () =>
        Effect.gen(function* () {
          assert.deepStrictEqual((yield* ask("/health/live")).json, { status: "live" })
          assert.deepStrictEqual((yield* ask("/health/ready")).json, { status: "ready" })
          assert.strictEqual((yield* ask("/health/live", { method: "HEAD" })).status, 200)
        })
      )

      it.effect("serves its description and a page that shows it", () =>
        Effect.gen(function* () {
          assert.strictEqual((yield* ask("/openapi.json")).json.openapi, "3.1.0")
          assert.match((yield* ask("/docs")).headers.get("content-type") ?? "", /^text\/html/)
        })
      )

      it.effect("answers what is not HTTP with a problem too", () =>
        Effect.gen(function* () {
          assert.match(yield* raw("nonsense\r\n\r\n"), /^HTTP\/1\.1 400 [\s\S]*"code":"invalid_request"/)
          const long = `GET / HTTP/1.1\r\nx: ${"y".repeat(20_000)}\r\n\r\n`
          assert.match(yield* raw(long), /^HTTP\/1\.1 431 [\s\S]*"code":"request_header_fields_too_large"/)
        })
      )
    })
  })
}
