import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { backoffMillis } from "../../src/domain/Backoff.js"

const random = fc.double({ min: 0, max: 1, noNaN: true })

describe("Backoff", () => {
  it("doubles from its base up to its cap", () => {
    assert.deepStrictEqual(
      [1, 2, 3, 4, 5, 6, 1000].map((attempt) => backoffMillis(attempt, 0)),
      [200, 400, 800, 1600, 2000, 2000, 2000]
    )
    assert.strictEqual(backoffMillis(2, 0, 5, 7), 7)
  })

  it("is between half and all of that, whatever the attempt", () => {
    fc.assert(
      fc.property(fc.integer({ min: -10, max: 5000 }), random, (attempt, r) => {
        const whole = backoffMillis(attempt, 0)
        assert.isAtMost(backoffMillis(attempt, r), whole)
        assert.isAtLeast(backoffMillis(attempt, r), whole / 2)
        assert.isAtLeast(whole, 200)
        assert.isAtMost(whole, 2000)
      })
    )
  })
})
