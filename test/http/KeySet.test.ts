import type { ServerResponse } from "node:http"
import { afterEach, assert, describe, it, vi } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { unique } from "../suites/fixtures.js"
import { authenticating } from "./authenticating.js"
import { aToken, jwtSecret, serviceKey } from "./harness.js"
import { aKey, aKeySet, forged, tokenBy } from "./keySet.js"

/** Lets time pass for whoever looks at the clock. */
const later = (seconds: number) =>
  Effect.sync(() => {
    if (!vi.isFakeTimers()) vi.useFakeTimers({ toFake: ["Date"] })
    vi.setSystemTime(Date.now() + seconds * 1000)
  })

afterEach(() => {
  vi.useRealTimers()
})

const setUp = Effect.gen(function* () {
  const key = yield* aKey("ES256", unique("key-"))
  const set = yield* aKeySet([key])
  const token = yield* tokenBy(key, { sub: "ada" })
  return {
    key,
    set,
    token,
    ...(yield* authenticating({ jwksUrl: set.url, jwtSecret: Redacted.make(jwtSecret) }))
  }
})

describe("the key set", () => {
  it.scopedLive("is read again for a new key, and not more often than every few seconds", () =>
    Effect.gen(function* () {
      const { caller, refuses, set, token } = yield* setUp
      yield* caller(token)
      const next = yield* aKey("EdDSA", unique("key-"))
      set.keys = [next.jwk]
      const rotated = yield* tokenBy(next, { sub: "bob" })
      for (let i = 0; i < 5; i++) yield* refuses(`Bearer ${rotated}`, "the new key is not known yet")
      assert.strictEqual(set.requests, 1)
      yield* later(6)
      assert.strictEqual((yield* caller(rotated)).userId, "bob")
      yield* refuses(`Bearer ${token}`, "the old key is gone")
      assert.strictEqual(set.requests, 2)
    })
  )

  it.scopedLive("is read again in time to notice that a key is gone", () =>
    Effect.gen(function* () {
      const { caller, refuses, set, token } = yield* setUp
      yield* caller(token)
      set.keys = []
      yield* later(601)
      yield* refuses(`Bearer ${token}`, "the key was revoked")
      assert.strictEqual(set.requests, 2)
    })
  )

  it.scopedLive.each<[string, (response: ServerResponse) => unknown]>([
    ["fails", (response) => response.writeHead(500).end()],
    ["moved", (response) => response.writeHead(302, { location: "/elsewhere" }).end()],
    ["is no JSON", (response) => response.end("<html>")],
    ["is no key set", (response) => response.end('{"error":"maintenance"}')],
    ["has another shape", (response) => response.end('{"keys":"none"}')],
    ["is cut off", (response) => response.destroy()],
    ["does not come", () => {}]
  ])("that %s: 503 for whoever needs it, until it is back", ([, instead]) =>
    Effect.gen(function* () {
      const { caller, key, refusal, refuses, set, token } = yield* setUp
      set.instead = (_request, response) => instead(response)
      const unavailable = yield* refusal(`Bearer ${token}`)
      assert.strictEqual(unavailable.code, "authentication_unavailable")
      assert.match(unavailable.whole, /^\[503,.*"retry-after":"\d+"/)

      const asked = set.requests
      for (const authorization of [
        undefined,
        "",
        "Bearer",
        "Bearer ",
        `Basic ${token}`,
        token,
        `Bearer ${token} ${token}`,
        `Bearer ${token}, Bearer ${token}`,
        "Bearer a",
        "Bearer a.b.c",
        "Bearer ..",
        `Bearer ${token}.${token}`,
        `Bearer ${forged({ alg: "none" }, { sub: "ada" })}`,
        `Bearer ${forged({ alg: "HS256" }, { sub: "ada" }, "AA")}`,
        `Bearer ${forged({ alg: "HS512" }, { sub: "ada" }, "AA")}`,
        `Bearer ${forged([], {}, "AA")}`
      ]) {
        yield* refuses(authorization, `${authorization}`)
      }
      assert.strictEqual((yield* caller(serviceKey, "bob")).userId, "bob")
      assert.strictEqual((yield* caller(yield* Effect.promise(() => aToken({ sub: "eve" })))).userId, "eve")
      assert.strictEqual(set.requests, asked)

      set.instead = null
      assert.strictEqual((yield* caller(token)).userId, "ada")
      set.instead = (_request, response) => instead(response)
      yield* later(6)
      assert.strictEqual((yield* caller(token)).userId, "ada")
      const unknown = yield* tokenBy({ ...key, kid: "other" }, { sub: "ada" })
      assert.strictEqual((yield* refusal(`Bearer ${unknown}`)).code, "authentication_unavailable")
    })
  )
})
