import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { pauseAfter } from "../../src/domain/ActionSchedule.js"

const [second, minute, hour] = [1000, 60_000, 3_600_000]
const tries = fc.integer({ min: 1, max: 7 })
const random = fc.double({ min: 0, max: 1, noNaN: true })
const asked = fc.option(fc.integer({ min: 0, max: 48 * hour }))

describe("the schedule of actions", () => {
  it("is the contract's, and then there is no more", () => {
    assert.deepStrictEqual(
      [1, 2, 3, 4, 5, 6, 7, 8, 9].map((tries) => pauseAfter(tries, null, 0)),
      [5 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 10 * hour, null, null]
    )
  })

  it("is lengthened by up to a tenth and never shortened", () => {
    assert.strictEqual(pauseAfter(1, null, 0.5), 5250)
    fc.assert(
      fc.property(tries, random, (tries, random) => {
        const least = pauseAfter(tries, null, 0) ?? 0
        const pause = pauseAfter(tries, null, random) ?? 0
        assert.isAtLeast(pause, least)
        assert.isAtMost(pause, least * 1.1 + 1e-6)
      })
    )
  })

  it("is never shorter than what the receiver asked for, up to a day", () => {
    assert.strictEqual(pauseAfter(1, 60_000, 0.5), 60_000)
    assert.strictEqual(pauseAfter(2, 60_000, 0), 5 * minute)
    assert.strictEqual(pauseAfter(1, 48 * hour, 0), 24 * hour)
    fc.assert(
      fc.property(tries, asked, random, (tries, asked, random) => {
        const pause = pauseAfter(tries, asked, random) ?? 0
        assert.isAtLeast(pause, Math.min(asked ?? 0, 24 * hour))
        assert.isAtLeast(pause, pauseAfter(tries, null, random) ?? 0)
        assert.isAtMost(pause, 24 * hour)
      })
    )
  })

  it("ends however long the receiver wants to be left alone", () => assert.isNull(pauseAfter(8, 60_000, 0)))
})
