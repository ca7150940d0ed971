import { assert, describe, it } from "@effect/vitest"
import { secretEdition, TokenCache } from "../../src/http/TokenCache.js"

const ada = { userId: "ada", kind: "user", expiresAt: 2000 } as const

describe("TokenCache", () => {
  it("knows a token until it ends", () => {
    const cache = new TokenCache()
    cache.keep("a", { caller: ada, until: 2000, edition: secretEdition })
    assert.deepStrictEqual([cache.find("a", 1999, null), cache.find("b", 1999, null)], [ada, null])
    assert.isNull(cache.find("a", 2000, null))
    assert.isNull(cache.find("a", 1999, null), "it was forgotten")
  })

  it("knows a token no longer than the keys by which it was verified", () => {
    const cache = new TokenCache()
    cache.keep("a", { caller: ada, until: 2000, edition: 3 })
    assert.deepStrictEqual(cache.find("a", 1, 3), ada)
    assert.isNull(cache.find("a", 1, 4))
    cache.keep("a", { caller: ada, until: 2000, edition: 4 })
    assert.isNull(cache.find("a", 1, null), "the keys have to be read again")
  })

  it("forgets the oldest of ten thousand", () => {
    const cache = new TokenCache()
    for (let i = 0; i <= 10_000; i++) cache.keep(`${i}`, { caller: ada, until: 2000, edition: 1 })
    assert.deepStrictEqual([cache.find("0", 1, 1), cache.find("1", 1, 1)], [null, ada])
  })

  it("goes on so, whatever ended or was kept again in between", () => {
    const cache = new TokenCache()
    const keep = (name: number) => cache.keep(`${name}`, { caller: ada, until: 2000, edition: 1 })
    for (let i = 0; i < 30_000; i++) {
      keep(i)
      if (i % 3 === 0) cache.find(`${i}`, 2000, 1)
      if (i % 9 === 0) keep(i)
    }
    const all = Array.from({ length: 30_000 }, (_, i) => i)
    const last = all.filter((i) => i % 3 !== 0 || i % 9 === 0).slice(-10_000)
    assert.deepStrictEqual(
      all.filter((i) => cache.find(`${i}`, 1, 1) !== null),
      last
    )
  })
})
