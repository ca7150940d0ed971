import { assert, describe, it } from "@effect/vitest"
import type { Trend } from "../../src/console/app/contract.js"
import { perStep, seriesOf } from "../../src/console/app/series.js"

const start = Date.parse("2026-05-17T10:00:00Z")

const trends = (count: number, from = 0): ReadonlyArray<Trend> =>
  Array.from({ length: count }, (_, step) => from + step).map((index) => ({
    at: new Date(start + index * 10_000).toISOString(),
    passed: 2,
    failed: 1,
    rejected_deliveries: 0,
    provider_errors: index % 2,
    webhook_delay: index % 2 === 0 ? 0.5 : null,
    waiting_phones: index,
    pending_actions: index,
    dead_actions: 0
  }))

describe("what a plot shows", () => {
  it("shows every reading of the first minutes", () => {
    const { points, seconds } = seriesOf(trends(30))
    assert.deepStrictEqual([points, seconds], [trends(30), 10])
    assert.strictEqual(perStep(seconds), "per 10 s")
  })

  it("shows two hours by the minute: counts added, delays averaged, the rest as it stood", () => {
    const { points, seconds } = seriesOf(trends(720))
    assert.strictEqual(perStep(seconds), "per minute")
    assert.lengthOf(points, 120)
    assert.deepStrictEqual(points[1], {
      at: new Date(start + 60_000).toISOString(),
      passed: 12,
      failed: 6,
      rejected_deliveries: 0,
      provider_errors: 3,
      webhook_delay: 0.5,
      waiting_phones: 11,
      pending_actions: 11,
      dead_actions: 0
    })
  })

  it("leaves out a minute that is not whole, and moves no other when the next reading comes", () => {
    const [before, after] = [seriesOf(trends(720, 3)).points, seriesOf(trends(720, 4)).points]
    assert.deepStrictEqual(before.slice(0, 119), after.slice(0, 119))
    assert.isTrue(before.every(({ passed }) => passed === 12))
  })

  it("shows nothing of nothing", () => {
    assert.deepStrictEqual(seriesOf([]).points, [])
  })
})
