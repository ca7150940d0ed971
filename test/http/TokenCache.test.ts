import { assert, describe, it } from "@effect/vitest"
import { secretEdition, TokenCache } from "../../src/http/TokenCache.js"

const ada = { userId: "ada", kind: "user", expiresAt: 2000 } as const

describe("TokenCache", () => {
  it("knows a token until it ends", () => {
    const cache = new TokenCache()
    cache.keep("a", { caller: ada, until: 2000, edition: secretEdition })
    assert.deepStrictEqual([cache.find("a", 1999, null), cache.find("b", 1999, null)], [ada, null])
    assert.isNull(cache.find("a", 2000, null))
  })

  it("knows a token no longer than the keys by which it was verified", () => {
    const cache = new TokenCache()
    cache.keep("a", { caller: ada, until: 2000, edition: 3 })
    assert.deepStrictEqual(cache.find("a", 1, 3), ada)
    assert.isNull(cache.find("a", 1, 4))
    cache.keep("a", { caller: ada, until: 2000, edition: 4 })
    assert.isNull(cache.find("a", 1, null), "the keys have to be read again")
  })

  it("keeps ten thousand at least and twice as many at most, and forgets the oldest", () => {
    const cache = new TokenCache()
    const known = (count: number) => {
      for (let i = 0; i < count; i++) cache.keep(`${i}`, { caller: ada, until: 2000, edition: 1 })
      return [0, count - 10_000, count - 1].map((i) => cache.find(`${i}`, 1, 1) !== null)
    }
    assert.deepStrictEqual(known(10_000), [true, true, true])
    assert.deepStrictEqual(known(20_001), [false, true, true])
  })
})
