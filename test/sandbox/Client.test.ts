import { FetchHttpClient, HttpApiClient, HttpClient, HttpClientRequest } from "@effect/platform"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { VerifyHumanApi } from "../../src/verifyhuman/VerifyHumanApi.js"
import { apiKey, aSandbox, clientKey, redirects } from "./harness.js"

const clientOf = (baseUrl: string, headers: Record<string, string>) =>
  HttpApiClient.make(VerifyHumanApi, {
    baseUrl,
    transformClient: HttpClient.mapRequest(HttpClientRequest.setHeaders(headers))
  }).pipe(Effect.provide(FetchHttpClient.layer))

describe("the declared API, by the client that is derived from it", () => {
  it.scopedLive("reads a new hosted session", () =>
    Effect.gen(function* () {
      const { complete, receiver, url } = yield* aSandbox()
      const client = yield* clientOf(url, { "x-api-key": apiKey })
      const payload = { product: "verifyidentity", page_title: "Prove it", ...redirects } as const
      const answer = yield* client.hosted.generate({ payload })
      assert.strictEqual(new URL(answer.hosted_url).pathname, `/hosted/v/${answer.token}`)
      yield* complete(answer.token)
      assert.strictEqual((yield* receiver.next).json.data.token, answer.token)
    })
  )

  it.scopedLive.each(["401", "402", "500"])("reads a failure with %s", (behaviour) =>
    Effect.gen(function* () {
      const { url } = yield* aSandbox(behaviour)
      const client = yield* clientOf(url, { "x-api-key": apiKey })
      const failure = yield* Effect.flip(client.hosted.generate({ payload: { product: "verifyage" } }))
      assert.containsAllKeys(failure, ["error"])
      assert.deepInclude(failure, { status: "ERROR" })
    })
  )

  it.scopedLive("reads a status of each product, decided or not", () =>
    Effect.gen(function* () {
      const { send, url } = yield* aSandbox()
      const { mobile } = yield* clientOf(url, { authorization: `ClientKey ${clientKey}` })
      for (const [after_seconds, outcome] of [
        [0, "PASS"],
        [3600, null]
      ] as const) {
        for (const product of ["verifyhuman", "verifyage", "verifyidentity", "verifycompliance"] as const) {
          const { json } = yield* send("POST", "/sandbox/mobile-sessions", { product, after_seconds })
          const id = product === "verifyhuman" ? json.verification_id : json.session_id
          const status = yield* mobile[product]({ path: { id } })
          assert.deepInclude(status, { success: true, session_id: json.session_id, product, outcome })
          assert.strictEqual(status.meta.environment, "test")
        }
      }
    })
  )

  it.scopedLive("reads that there is no such session, or no such key", () =>
    Effect.gen(function* () {
      const { url } = yield* aSandbox()
      for (const [key, error] of [
        [clientKey, "Session not found"],
        ["pk_other", "Invalid API key"]
      ] as const) {
        const { mobile } = yield* clientOf(url, { "x-client-key": key })
        const failure = yield* Effect.flip(mobile.verifyage({ path: { id: "msess_test_nobody" } }))
        assert.deepInclude(failure, { error })
      }
    })
  )
})
