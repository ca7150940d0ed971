import { assert, describe, layer as sharing } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { deliver, type Service, signed, status, webhookSecrets } from "../http/harness.js"
import { aStartedSession, assertProblem, chunked } from "../http/requests.js"
import { aBody } from "./fixtures.js"

/** The contract's section 4 over a real socket: a test for each row of its table. */
export const webhookSuite = (name: string, service: Service) => {
  const layer = Layer.fresh(service())

  describe(`the provider: ${name}`, () => {
    sharing(layer, { excludeTestServices: true })((it) => {
      it.effect("takes a signed event under any accepted secret and scheme, once", () =>
        Effect.gen(function* () {
          for (const secret of webhookSecrets) {
            const { sessionRef, token, user } = yield* aStartedSession
            const body = aBody({ token })
            const first = yield* deliver(body, signed(body, secret))
            assert.deepInclude(
              { status: first.status, json: first.json },
              { status: 200, json: { received: true } }
            )
            assert.strictEqual((yield* deliver(body, signed(body, secret))).status, 200)
            const { json } = yield* status(user, sessionRef)
            assert.strictEqual(json.status, "pass")
            assert.strictEqual((yield* status({ ...user, "if-none-match": '"1"' }, sessionRef)).status, 304)
          }
          const { sessionRef, token, user } = yield* aStartedSession
          const body = aBody({ token })
          const timestamp = String(Math.floor(Date.now() / 1000))
          const headers = {
            ...signed(Buffer.concat([Buffer.from(`${timestamp}.`), body])),
            "x-verifyhuman-timestamp": timestamp
          }
          assert.strictEqual((yield* deliver(body, headers)).status, 200)
          assert.strictEqual((yield* status(user, sessionRef)).json.status, "pass")
        })
      )

      it.effect("turns every other signature away with one body, and nothing happens", () =>
        Effect.gen(function* () {
          const { sessionRef, token, user } = yield* aStartedSession
          const body = aBody({ token })
          const good = signed(body)["x-verifyhuman-signature"]
          const old = String(Math.floor(Date.now() / 1000) - 301)
          const stale = signed(Buffer.concat([Buffer.from(`${old}.`), body]))["x-verifyhuman-signature"]
          const attempts: Array<Record<string, string>> = [
            {},
            { "x-verifyhuman-signature": "" },
            { "x-verifyhuman-signature": good.slice("sha256=".length) },
            { "x-verifyhuman-signature": good.slice(0, -1) },
            { "x-verifyhuman-signature": `${good}, ${good}` },
            { "x-verifyhuman-signature": good.replace("sha256", "sha1") },
            signed(body, "whsec_third"),
            signed(Buffer.concat([body, Buffer.from(" ")])),
            { "x-verifyhuman-signature": stale, "x-verifyhuman-timestamp": old }
          ]
          const answers = new Set<string>()
          for (const headers of attempts) {
            const answer = yield* deliver(body, headers)
            assertProblem(answer, 401, "unauthenticated")
            answers.add(answer.text)
          }
          assert.strictEqual(answers.size, 1)
          assert.strictEqual((yield* status(user, sessionRef)).json.status, "pending")
          assert.strictEqual((yield* deliver(body)).status, 200)
          assert.strictEqual((yield* status(user, sessionRef)).json.status, "pass")
        })
      )

      it.effect.each([
        ["of another environment", { environment: "live" }],
        ["of another product", { product: "verifyhuman" }],
        ["of an unknown type", { type: "verification.started" }],
        ["of the dashboard's button", { type: "test.ping" }]
      ] as const)("answers 200 to an event %s, and nothing happens", ([, fields]) =>
        Effect.gen(function* () {
          const { sessionRef, token, user } = yield* aStartedSession
          assert.strictEqual((yield* deliver(aBody({ ...fields, token }))).status, 200)
          assert.strictEqual((yield* status(user, sessionRef)).json.status, "pending")
        })
      )

      it.effect("answers 200 to what it cannot read, once it is kept", () =>
        Effect.gen(function* () {
          for (const body of [
            "",
            "[]",
            "null",
            "{",
            "\u0000",
            '{"id":"\\ud800","type":"\\u0000"}',
            "[".repeat(60_000)
          ]) {
            assert.strictEqual((yield* deliver(Buffer.from(body))).status, 200, body.slice(0, 20))
          }
        })
      )

      it.effect("reads no body over 64 KiB, declared or chunked", () =>
        Effect.gen(function* () {
          const body = Buffer.alloc(64 * 1024 + 1, 32)
          assertProblem(yield* deliver(body), 413, "payload_too_large")
          assert.strictEqual(yield* chunked("/api/webhooks/verifyhuman", 200_000, signed(body)), 413)
          const largest = Buffer.alloc(64 * 1024, 32)
          assert.strictEqual((yield* deliver(largest)).status, 200)
        })
      )
    })
  })
}
