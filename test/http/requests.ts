import { request as httpRequest } from "node:http"
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { type Answer, aUser, baseUrl, Provider, post, serviceKey, start } from "./harness.js"

export const assertProblem = (answer: Answer, status: number, code: string) => {
  assert.deepInclude({ status: answer.status, code: answer.json?.code }, { status, code }, answer.text)
  assert.strictEqual(answer.headers.get("content-type"), "application/problem+json")
  assert.strictEqual(answer.headers.get("cache-control"), "no-store")
  assert.strictEqual(answer.json.status, status)
  assert.isString(answer.json.title)
  assert.isString(answer.json.type)
}

export const paths = (answer: Answer) => answer.json.errors.map((error: { path: string }) => error.path)

const lastToken = Effect.map(Provider, (provider) => provider.tokens.at(-1) ?? "")

export const aStartedSession = Effect.gen(function* () {
  const user = yield* aUser()
  const started = yield* start(user)
  assert.strictEqual(started.status, 201, started.text)
  return { user, sessionRef: started.json.session_ref as string, token: yield* lastToken, started }
})

export const asService = (userId: string) => ({ authorization: `Bearer ${serviceKey}`, "x-user-id": userId })

/** Sends a chunked body without declaring its length. */
export const chunked = Effect.fnUntraced(function* (
  path: string,
  bytes: number,
  headers: Record<string, string>
) {
  const url = new URL((yield* baseUrl) + path)
  return yield* Effect.async<number>((resume) => {
    const request = httpRequest(url, { method: "POST", headers }, (response) => {
      response.resume()
      resume(Effect.succeed(response.statusCode ?? 0))
    })
    request.on("error", () => {})
    for (let sent = 0; sent < bytes; sent += 8192) request.write(Buffer.alloc(8192, 32))
    request.end()
  })
})

export const track = (
  headers: Record<string, string>,
  providerSessionId: string,
  product = "verifyidentity"
) => post("/api/track-verification", headers, { product, provider_session_id: providerSessionId })
