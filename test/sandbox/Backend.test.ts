import { HttpServer } from "@effect/platform"
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Layer, Redacted } from "effect"
import { Webhook } from "standardwebhooks"
import { sandboxLayer } from "../../src/sandbox/Sandbox.js"
import { actionSecret, aSandbox, assertRefused, request } from "./harness.js"
import { followWire } from "./wireFeed.js"

const otherSecret = `whsec_${Buffer.alloc(24, 9).toString("base64")}`
const action = JSON.stringify({ type: "verification.passed", data: { session_ref: "vs_x" } })

const signed = (body: string, secret = actionSecret, at = new Date()) => ({
  "webhook-id": "ac_1",
  "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
  "webhook-signature": new Webhook(secret).sign("ac_1", at, body)
})

const agoMinutes = (minutes: number) => new Date(Date.now() - minutes * 60_000)

describe("your backend", () => {
  it.scopedLive("takes an action that is signed, and shows it on the wire without the signature", () =>
    Effect.gen(function* () {
      const { send, url } = yield* aSandbox()
      const wire = yield* followWire(url)
      const headers = signed(action)
      const answer = yield* send("POST", "/sandbox/actions", action, headers)
      assert.deepStrictEqual([answer.status, answer.text], [204, ""])
      const rotated = { ...headers, "webhook-signature": `v1,AAAA v2,x ${headers["webhook-signature"]}` }
      assert.strictEqual((yield* send("POST", "/sandbox/actions", action, rotated)).status, 204)
      assert.deepInclude(yield* wire.next, {
        from: "service",
        to: "backend",
        path: "/sandbox/actions",
        status: 204,
        note: "verification.passed, signature good",
        body: JSON.parse(action)
      })
      yield* wire.next
      for (const secret of [actionSecret, headers["webhook-signature"], "v1,"])
        assert.notInclude(wire.raw(), secret)
    })
  )

  it.scopedLive.each([
    ["unsigned", {}],
    ["signed with another secret", signed(action, otherSecret)],
    ["signed over another body", signed(`${action} `)],
    ["with another id", { ...signed(action), "webhook-id": "ac_2" }],
    ["too old", signed(action, actionSecret, agoMinutes(6))],
    ["of the future", signed(action, actionSecret, agoMinutes(-6))],
    ["with a time that is none", { ...signed(action), "webhook-timestamp": "now" }],
    ["of another version", { ...signed(action), "webhook-signature": "v2,AAAA" }]
  ] as const)("refuses one %s, and shows nothing of it", ([, headers]) =>
    Effect.gen(function* () {
      const { send, url } = yield* aSandbox()
      const wire = yield* followWire(url)
      assertRefused(yield* send("POST", "/sandbox/actions", action, headers), 401, /signature/)
      assert.deepInclude(yield* wire.next, { to: "backend", status: 401, body: null })
    })
  )

  it.scopedLive("fails as it is told, until it is told otherwise", () =>
    Effect.gen(function* () {
      const { ask, send, url } = yield* aSandbox()
      const wire = yield* followWire(url)
      for (const [answer, status] of [
        ["500", 500],
        ["410", 410],
        ["ok", 204]
      ] as const) {
        assert.strictEqual((yield* send("PUT", "/sandbox/actions", { answer })).status, 200)
        assert.deepStrictEqual((yield* ask("/sandbox/actions")).json, { answer })
        assert.strictEqual(
          (yield* send("POST", "/sandbox/actions", action, signed(action))).status,
          status,
          answer
        )
        assert.strictEqual((yield* wire.next).status, status)
      }
      assertRefused(yield* send("PUT", "/sandbox/actions", { answer: "404" }), 422, /answer/)
      assert.strictEqual((yield* ask("/sandbox/actions")).json.answer, "ok")
    })
  )

  it.scopedLive("is not there without a secret", () =>
    Effect.gen(function* () {
      const context = yield* Layer.build(
        sandboxLayer({
          host: "127.0.0.1",
          port: 0,
          publicUrl: null,
          webhookUrl: "http://127.0.0.1:1/",
          webhookSecret: Redacted.make("secret"),
          actionSecret: null,
          apiKey: "a",
          clientKey: "c",
          behaviour: ""
        })
      ).pipe(Effect.orDie)
      const { address } = Context.get(context, HttpServer.HttpServer)
      const sandbox = `http://127.0.0.1:${address._tag === "TcpAddress" ? address.port : 0}`
      const url = `${sandbox}/sandbox/actions`
      assert.notInclude((yield* request(sandbox)).text, "/sandbox/actions")
      for (const method of ["POST", "PUT", "GET"])
        assertRefused(yield* request(url, { method }), 404, `There is no ${method} /sandbox/actions`)
    })
  )
})
