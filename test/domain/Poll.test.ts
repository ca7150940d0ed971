import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { firstPollAt, pollPause } from "../../src/domain/Poll.js"

describe("when a tracked session is asked for", () => {
  it("is first after two seconds", () => assert.strictEqual(firstPollAt(1_000_000), 1_002_000))

  it("backs off by 1.5 up to a minute", () =>
    assert.deepStrictEqual(
      [1, 2, 3, 4, 8, 9, 10, 10_000].map((attempts) => pollPause(attempts, 0)),
      [3000, 4500, 6750, 10_125, 51_257.8125, 60_000, 60_000, 60_000]
    ))

  it("is up to a fifth earlier, so that sessions do not come together", () => {
    assert.strictEqual(pollPause(1, 0.5), 2700)
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (attempts, random) => {
          const longest = pollPause(attempts, 0)
          const pause = pollPause(attempts, random)
          assert.isAtMost(pause, longest)
          assert.isAtLeast(pause, longest * 0.8 - 1e-6)
          assert.isAtLeast(pause, 2400)
          assert.isAtMost(pause, 60_000)
          assert.isAtLeast(pollPause(attempts + 1, 0), longest)
        }
      )
    )
  })
})
