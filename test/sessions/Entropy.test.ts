import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { Entropy } from "../../src/sessions/Entropy.js"

describe("tokens", () => {
  it.effect("are 192 bits in base64url, no two the same, however many", () =>
    Effect.gen(function* () {
      const { token } = yield* Entropy
      const tokens = yield* Effect.replicateEffect(token, 1000)
      assert.strictEqual(new Set(tokens).size, 1000)
      for (const one of tokens) assert.match(one, /^[A-Za-z0-9_-]{32}$/)
      const bytes = tokens.flatMap((one) => [...Buffer.from(one, "base64url")])
      assert.strictEqual(new Set(bytes).size, 256)
    })
  )
})
