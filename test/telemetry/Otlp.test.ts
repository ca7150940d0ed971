import { HttpServer } from "@effect/platform"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { aBackend, tokenOf } from "../e2e/backend.js"
import { ask, aUser, deliver, jwtSecret, signed, start, webhookSecrets } from "../http/harness.js"
import { listening } from "../http/listening.js"
import { aBody, unique } from "../suites/fixtures.js"

/** Where OTLP goes: what came, by path. */
const collector = Effect.gen(function* () {
  const came = new Map<string, string>()
  const url = yield* listening((request, response) => {
    let body = ""
    request.setEncoding("utf8").on("data", (chunk) => {
      body += chunk
    })
    request.on("end", () => {
      came.set(request.url ?? "", `${came.get(request.url ?? "") ?? ""}${body}\n`)
      response.writeHead(200, { "content-type": "application/json" }).end("{}")
    })
  })
  return { url, came: (path: string) => came.get(path) ?? "" }
})

interface Span {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
}

const spansIn = (lines: string): ReadonlyArray<Span> =>
  lines
    .split("\n")
    .filter((line) => line !== "")
    .flatMap((line) => JSON.parse(line).resourceSpans[0].scopeSpans[0].spans)

const traceId = "0af7651916cd43dd8448eb211c80319c"
/** Named beside a parent that is none. */
const unknownTrace = "1bf7651916cd43dd8448eb211c80319c"
const traceparent = `00-${traceId}-b7ad6b7169203331-01`

describe("OTLP", () => {
  it.scopedLive("gets one trace of a request, with what it did at the provider; and logs and metrics", () =>
    Effect.gen(function* () {
      const { came, url } = yield* collector
      const backend = yield* aBackend
      const service = yield* backend.serve({
        OTEL_EXPORTER_OTLP_ENDPOINT: url,
        LOG_FORMAT: "json",
        ADMIN_TOKENS: "admin-token-for-tests-of-at-least-32-characters"
      })
      const sub = unique("user-")
      const verificationId = unique("ver_")
      const { token, user } = yield* Effect.gen(function* () {
        const user = yield* aUser({ sub })
        const started = yield* start({ ...user, traceparent })
        assert.strictEqual(started.status, 201, started.text)
        const token = tokenOf(started)
        const poll = yield* ask(`/api/verify-status?session_ref=${started.json.session_ref}`, {
          headers: { ...user, traceparent }
        })
        assert.strictEqual(poll.status, 200)
        for (const ids of [`${"0".repeat(32)}-b7ad6b7169203331`, `${unknownTrace}-${"0".repeat(16)}`]) {
          const headers = { ...user, traceparent: `00-${ids}-01` }
          assert.strictEqual((yield* ask("/api/verifications", { headers })).status, 200)
        }
        const body = aBody({ token, verificationId })
        const webhook = yield* deliver(body, { ...signed(body), traceparent })
        assert.strictEqual(webhook.status, 200)
        return { token, user }
      }).pipe(Effect.provideService(HttpServer.HttpServer, backend.server))
      yield* service.stop("SIGTERM")

      const every = spansIn(came("/v1/traces"))
      assert.lengthOf(
        every.filter(({ name }) => name === "GET /api/verifications"),
        2
      )
      assert.notIncludeMembers(
        every.map((span) => span.traceId),
        ["0".repeat(32), unknownTrace]
      )
      const spans = every.filter((span) => span.traceId === traceId)
      const named = (name: string) => spans.filter((span) => span.name === name)
      const [request] = named("POST /api/start-verification")
      const [useCase] = named("Sessions.start")
      const [call] = named("VerifyHuman generate")
      assert.deepInclude(request, { parentSpanId: "b7ad6b7169203331" })
      assert.strictEqual(useCase?.parentSpanId, request?.spanId)
      assert.strictEqual(call?.parentSpanId, useCase?.spanId)
      assert.lengthOf(named("GET /api/verify-status"), 1)
      assert.lengthOf(named("WebhookIntake.receive"), 1)
      assert.include(
        spans.map(({ name }) => name),
        "Inbox.admit"
      )
      assert.deepStrictEqual(
        backend.provider.received.map((headers) => headers["traceparent"]),
        [`00-${traceId}-${call?.spanId}-01`]
      )

      const line = service
        .stdout()
        .split("\n")
        .filter((text) => text.startsWith("{"))
        .map((text) => JSON.parse(text))
        .find(({ message }) => message === "Webhook received")
      assert.deepInclude(line, { level: "INFO", state: "applied", trace_id: traceId })
      assert.match(line.session_ref, /^vs_/)
      assert.isString(line.request_id)

      assert.include(came("/v1/logs"), "Webhook received")
      assert.include(came("/v1/metrics"), "dropin_starts_total")
      const all = ["/v1/traces", "/v1/logs", "/v1/metrics"].map(came).join("") + service.stdout()
      for (const secret of [
        token,
        verificationId,
        sub,
        user.authorization,
        jwtSecret,
        "vhk_test",
        ...webhookSecrets
      ]) {
        assert.notInclude(all, secret)
      }
    })
  )
})
