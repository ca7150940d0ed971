import { assert, describe, it } from "@effect/vitest"
import { Metric } from "effect"
import { counter, gauge, histogram } from "../../src/telemetry/Instruments.js"
import { prometheusText } from "../../src/telemetry/PrometheusText.js"

const linesOf = (name: string) =>
  prometheusText()
    .split("\n")
    .filter((line) => line.includes(name))

describe("the metrics as text", () => {
  it("tells each family once, with its help, its type and its series", () => {
    const things = counter("test_things_total", "Things", "kind")
    things.add("a")
    things.add("b")
    things.add("a")
    assert.deepStrictEqual(linesOf("test_things"), [
      "# HELP dropin_test_things_total Things",
      "# TYPE dropin_test_things_total counter",
      'dropin_test_things_total{kind="a"} 2',
      'dropin_test_things_total{kind="b"} 1'
    ])
  })

  it("escapes what a label and a help text may hold", () => {
    counter("test_odd_total", "One\nline\\", "label").add('a"b\\c\nd')
    assert.deepStrictEqual(linesOf("test_odd"), [
      "# HELP dropin_test_odd_total One\\nline\\\\",
      "# TYPE dropin_test_odd_total counter",
      'dropin_test_odd_total{label="a\\"b\\\\c\\nd"} 1'
    ])
  })

  it("tells histograms by buckets that include the smaller ones, sum and count", () => {
    const sizes = histogram("test_sizes", "Sizes", [1, 10], "of")
    for (const size of [0.5, 1, 5, 50]) sizes.observe(size, "it")
    assert.deepStrictEqual(linesOf("test_sizes"), [
      "# HELP dropin_test_sizes Sizes",
      "# TYPE dropin_test_sizes histogram",
      'dropin_test_sizes_bucket{of="it",le="1"} 2',
      'dropin_test_sizes_bucket{of="it",le="10"} 3',
      'dropin_test_sizes_bucket{of="it",le="+Inf"} 4',
      'dropin_test_sizes_sum{of="it"} 56.5',
      'dropin_test_sizes_count{of="it"} 4'
    ])
  })

  it("tells what a gauge stands at", () => {
    const level = gauge("test_level", "Level")
    level.set(5)
    level.add(2)
    level.add(-4)
    assert.deepStrictEqual(linesOf("test_level").at(-1), "dropin_test_level 3")
  })

  it("tells of no other metric of the process", () => {
    Metric.counter("test_of_somebody_else").unsafeUpdate(1, [])
    assert.deepStrictEqual(linesOf("somebody_else"), [])
    assert.deepStrictEqual(
      prometheusText()
        .trimEnd()
        .split("\n")
        .filter((line) => !/^(# (HELP|TYPE) )?dropin_/.test(line)),
      []
    )
  })
})
