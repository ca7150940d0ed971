import { assert, describe, it } from "vitest"
import type { Measurement } from "./Measurement.js"
import { judge, median, ratioTo, spreadOf } from "./Ratios.js"

const measured = (round: number, contestant: Measurement["contestant"], rate: number): Measurement => ({
  round,
  contestant,
  workload: "S",
  rate,
  p50: 1,
  p99: 2,
  busy: null,
  peakMemory: null
})

describe("ratios", () => {
  it("take the middle of an odd number of values, and between the two middle ones of an even number", () => {
    assert.strictEqual(median([9, 1, 5]), 5)
    assert.strictEqual(median([4, 1, 2, 9]), 3)
    assert.strictEqual(median([7]), 7)
    assert.isNaN(median([]))
  })

  it("keep the least and the most", () => {
    assert.deepStrictEqual(spreadOf([2, 3, 1]), { median: 2, least: 1, most: 3 })
  })

  it("compare within a round, however fast the machine was in it", () => {
    const measurements = [
      measured(1, "dropin", 3000),
      measured(1, "fastify", 1000),
      measured(2, "dropin", 200),
      measured(2, "fastify", 100),
      measured(3, "fastify", 7000),
      measured(3, "dropin", 7000)
    ]
    const ratio = ratioTo(measurements, "S", "dropin", "fastify")
    assert.deepStrictEqual(ratio, { median: 2, least: 1, most: 3 })
  })

  it("leave out rounds and workloads in which one of the two is missing", () => {
    const measurements = [
      measured(1, "dropin", 100),
      measured(2, "fastify", 100),
      { ...measured(1, "fastify", 1), workload: "W" as const }
    ]
    assert.isNull(ratioTo(measurements, "S", "dropin", "fastify"))
    assert.isNull(ratioTo([], "S", "dropin", "fastify"))
  })

  it.each([
    ["S", 1.5, "goal"],
    ["S", 1.49, "floor"],
    ["S", 1.1, "floor"],
    ["S", 1.09, "MISSED"],
    ["W", 3, "goal"],
    ["W", 1.79, "MISSED"],
    ["C", 2.5, "goal"],
    ["C", 1.5, "floor"]
  ] as const)("judge %s at %d as %s", (workload, ratio, judgement) => {
    assert.strictEqual(judge(workload, ratio), judgement)
  })
})
