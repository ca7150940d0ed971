import { HttpServer } from "@effect/platform"
import { assert } from "@effect/vitest"
import { Context, Effect, Layer, Redacted } from "effect"
import { judge, type SignatureSetting } from "../../src/domain/Signature.js"
import { sandboxLayer } from "../../src/sandbox/Sandbox.js"
import { aReceiver, type Delivery } from "./receiver.js"

export const apiKey = "vhk_test_sandbox"
export const clientKey = "pk_demo_sandbox"
export const webhookSecret = "whsec_of-the-sandbox"
export const actionSecret = "whsec_c2VjcmV0LW9mLXRoZS1hY3Rpb25zLTI0Ynl0ZXM="
export const withKey = { authorization: `Bearer ${apiKey}` }
export const redirects = {
  redirect_url: "myapp://done?result=pass",
  failure_redirect_url: "myapp://done?result=fail"
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the wire holds
  readonly json: any
}

const readJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

export const request = (url: string, init: RequestInit = {}) =>
  Effect.promise(async (): Promise<Answer> => {
    const response = await fetch(url, { redirect: "manual", ...init })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, json: readJson(text) }
  })

const encoded = (body: unknown) => (typeof body === "string" ? body : JSON.stringify(body))

/** A sandbox of the test's own, and a backend that receives its webhooks. */
export const aSandbox = (behaviour = "") =>
  Effect.gen(function* () {
    const receiver = yield* aReceiver
    const context = yield* Layer.build(
      sandboxLayer({
        host: "127.0.0.1",
        port: 0,
        publicUrl: null,
        webhookUrl: receiver.url,
        webhookSecret: Redacted.make(webhookSecret),
        actionSecret: Redacted.make(actionSecret),
        apiKey,
        clientKey,
        behaviour
      })
    ).pipe(Effect.orDie)
    const { address } = Context.get(context, HttpServer.HttpServer)
    const url = `http://127.0.0.1:${address._tag === "TcpAddress" ? address.port : 0}`

    const ask = (path: string, init?: RequestInit) => request(url + path, init)
    const send = (method: string, path: string, body: unknown, headers: Record<string, string> = {}) =>
      ask(path, { method, headers, body: encoded(body) })
    const generate = (headers: Record<string, string> = {}, body: unknown = {}) =>
      send(
        "POST",
        "/hosted/generate",
        typeof body === "string" ? body : { product: "verifyage", ...Object(body) },
        {
          ...withKey,
          ...headers
        }
      )
    const aToken = (behaviour = "", body: unknown = redirects) =>
      Effect.map(generate({ "x-sandbox-behaviour": behaviour }, body), (answer) => {
        assert.strictEqual(answer.status, 201, answer.text)
        return answer.json.token as string
      })
    const complete = (token: string, body: unknown = { outcome: "pass" }) =>
      send("POST", `/hosted/complete/${token}`, body)
    const setBehaviour = (behaviour: string) => send("PUT", "/sandbox/behaviour", { behaviour })
    return { url, receiver, ask, send, generate, aToken, complete, setBehaviour }
  })

/** How a backend with the right secret judges a delivery. */
export const judged = (delivery: Delivery, setting: SignatureSetting = "body") => {
  const judgement = judge(
    {
      body: delivery.bytes,
      signature: delivery.headers["x-verifyhuman-signature"],
      timestamp: delivery.headers["x-verifyhuman-timestamp"]
    },
    [webhookSecret],
    setting,
    Math.floor(Date.now() / 1000)
  )
  return judgement._tag
}

/** An error in the provider's style: its two fields, and nothing else. */
export const assertRefused = (answer: Answer, status: number, error?: string | RegExp) => {
  assert.strictEqual(answer.status, status, answer.text)
  assert.strictEqual(answer.headers.get("content-type"), "application/json")
  assert.deepStrictEqual(Object.keys(answer.json), ["error", "status"])
  assert.strictEqual(answer.json.status, "ERROR")
  if (typeof error === "string") assert.strictEqual(answer.json.error, error)
  else assert.match(answer.json.error, error ?? /./)
}
