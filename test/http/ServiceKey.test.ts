import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { unique } from "../suites/fixtures.js"
import { authenticating } from "./authenticating.js"
import { ask, aToken, jwtSecret, service, serviceKey, start } from "./harness.js"
import { asService } from "./requests.js"

const secret = Redacted.make(jwtSecret)

describe("a service key", () => {
  it.scopedLive("acts for the user that X-User-Id names, in UTF-8", () =>
    Effect.gen(function* () {
      const { caller, refusal } = yield* authenticating({ jwtSecret: secret })
      const bytes = (text: string) => Buffer.from(text).toString("latin1")
      for (const userId of ["ada", "zoë", "用户", "🦊", "\ufeffada", "x".repeat(255)]) {
        assert.deepStrictEqual(yield* caller(serviceKey, bytes(userId)), {
          userId,
          kind: "service",
          expiresAt: null
        })
      }
      for (const userId of [undefined, "", "x".repeat(256), "zo\xeb", "\xc0\x80", "\xed\xa0\x80"]) {
        assert.strictEqual((yield* refusal(`Bearer ${serviceKey}`, userId)).code, "invalid_request")
      }
      for (const almost of [serviceKey.slice(0, -1), `${serviceKey}x`, serviceKey.toUpperCase()]) {
        assert.strictEqual((yield* refusal(`Bearer ${almost}`, "ada")).code, "unauthenticated")
      }
    })
  )

  it.effect("and only a service key: with a user's token X-User-Id means nothing", () =>
    Effect.gen(function* () {
      const [ada, eve] = [unique("zoë-"), unique("eve-")]
      const asUser = (sub: string) =>
        Effect.map(
          Effect.promise(() => aToken({ sub })),
          (token) => ({ authorization: `Bearer ${token}` })
        )
      const list = (headers: Record<string, string>) =>
        Effect.map(ask("/api/verifications", { headers }), ({ json }) => json.items.length)
      const encoded = Buffer.from(ada).toString("latin1")
      assert.strictEqual((yield* start(asService(encoded))).status, 201)
      assert.strictEqual(yield* list(yield* asUser(ada)), 1)
      assert.strictEqual(yield* list({ ...(yield* asUser(eve)), "x-user-id": encoded }), 0)
      yield* start({ ...(yield* asUser(eve)), "x-user-id": encoded })
      assert.deepStrictEqual([yield* list(yield* asUser(ada)), yield* list(yield* asUser(eve))], [1, 1])
    }).pipe(Effect.provide(service()))
  )
})
