import { assert, describe, layer as sharing } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { signed } from "../http/harness.js"
import { listening } from "../http/listening.js"
import { aBody, unique } from "../suites/fixtures.js"
import { aPhone, kept, Running, running } from "./inProcess.js"

/** A provider whose webhook is there before its answer to `POST /hosted/generate` is. */
class Hasty extends Context.Tag("test/Hasty")<
  Hasty,
  {
    readonly url: string
    webhookUrl: string
    event: (token: string) => Uint8Array
    readonly answers: Array<number>
  }
>() {
  static readonly layer = Layer.scoped(
    Hasty,
    Effect.gen(function* () {
      const url = yield* listening((request, response) => {
        request.resume().on("end", async () => {
          const token = unique("tok-")
          const body = hasty.event(token)
          const webhook = await fetch(hasty.webhookUrl, { method: "POST", headers: signed(body), body })
          hasty.answers.push(webhook.status)
          response.writeHead(201, { "content-type": "application/json" }).end(
            JSON.stringify({
              hosted_url: `https://app.verifyhuman.io/hosted/v/${token}`,
              token,
              expires_at: new Date(Date.now() + 3_600_000).toISOString()
            })
          )
        })
      })
      const hasty: Context.Tag.Service<Hasty> = {
        url,
        webhookUrl: "",
        event: (token) => aBody({ token }),
        answers: []
      }
      return hasty
    })
  )
}

const service = Layer.unwrapEffect(
  Effect.map(Hasty, ({ url }) =>
    running({
      VERIFYHUMAN_ENVIRONMENT: "test",
      HOST: "127.0.0.1",
      VERIFYHUMAN_BASE_URL: url,
      VERIFYHUMAN_API_KEY: "vhk_test_of_the_stub",
      VERIFYHUMAN_WEBHOOK_SECRETS: "whsec_first"
    })
  )
).pipe(Layer.provideMerge(Hasty.layer))

describe("a webhook that overtakes the answer of POST /hosted/generate", () => {
  sharing(service, { excludeTestServices: true })((it) => {
    it.scoped.each([
      [{}, { status: "pass", reason: null }, { state: "applied", why: null }],
      [{ status: "FAIL" }, { status: "fail", reason: "declined" }, { state: "applied", why: null }],
      [{ status: "PENDING" }, { status: "pending", reason: "in_review" }, { state: "applied", why: null }],
      [
        { product: "verifyhuman" },
        { status: "pending", reason: "awaiting_result" },
        { state: "ignored", why: "wrong_product" }
      ],
      [
        { environment: "live" },
        { status: "pending", reason: "awaiting_result" },
        { state: "ignored", why: "wrong_environment" }
      ]
    ] as const)("%j", ([fields, verdict, expected]) =>
      Effect.gen(function* () {
        const hasty = yield* Hasty
        const { url } = yield* Running
        const phone = yield* aPhone
        const id = unique("evt-")
        hasty.webhookUrl = `${url}/api/webhooks/verifyhuman`
        hasty.event = (token) => aBody({ id, token, ...fields })
        const started = yield* phone.start()
        assert.deepStrictEqual([started.status, hasty.answers.pop()], [201, 200], started.text)
        assert.deepInclude((yield* phone.status(started.json.session_ref)).json, verdict)
        const events = (yield* kept("event_id", id)).map(({ state, why }) => ({ state, why }))
        assert.deepStrictEqual(events, [expected])
      })
    )
  })
})
