import { assert, describe, it } from "@effect/vitest"
import * as Metrics from "../../src/telemetry/Metrics.js"
import { prometheusText } from "../../src/telemetry/PrometheusText.js"
import { alerts, headingsOf, textOf } from "./alerts.js"

type Count = (...values: ReadonlyArray<unknown>) => void

/** Each series that Prometheus can get, with the names of its labels: every metric is counted once. */
const series = (): ReadonlyMap<string, ReadonlyArray<string>> => {
  for (const metric of Object.values(Metrics) as ReadonlyArray<Readonly<Record<string, Count>>>) {
    if (metric["observe"] !== undefined) metric["observe"](1, "a", "b")
    else if (metric["set"] !== undefined) metric["set"](1, "a", "b")
    else metric["add"]?.("a", "b")
  }
  const samples = prometheusText().matchAll(/^(dropin_\w+)(?:\{(.*)\})? /gm)
  return new Map(
    [...samples].map(([, name = "", labels = ""]) => [
      name,
      [...labels.matchAll(/(\w+)="/g)].map(([, label = ""]) => label)
    ])
  )
}

/** What Prometheus adds by itself, or by deploy/prometheus.yml. */
const added = ["job", "environment", "instance"]

const selectorsIn = (expr: string) =>
  [...expr.matchAll(/\b(dropin_\w+)(?:\{([^}]*)\})?/g)].map(([, name = "", matchers = ""]) => ({
    name,
    labels: [...matchers.matchAll(/(\w+)(?:=~|!~|!=|=)"/g)].map(([, label = ""]) => label)
  }))

const known = series()

describe("the alerts", () => {
  it("are all read by these tests", () => {
    const names = [...textOf("deploy/alerts.yml").matchAll(/alert: (\w+)/g)].map(([, name]) => name)
    assert.deepStrictEqual(
      alerts.map(({ name }) => name),
      names
    )
    assert.isNotEmpty(names)
    assert.deepStrictEqual([...new Set(names)], names)
  })

  for (const { description, expr, name, runbookUrl, severity, summary } of alerts) {
    it(`${name} asks for series and labels that the service has`, () => {
      const selectors = selectorsIn(expr)
      assert.isTrue(selectors.length > 0 || /\bup\{/.test(expr), expr)
      for (const { labels, name } of selectors) {
        const itsOwn = known.get(name)
        if (itsOwn === undefined) assert.fail(`${name} is no metric of src/telemetry/Metrics.ts`)
        assert.includeMembers([...itsOwn, ...added], labels, name)
      }
    })

    it(`${name} says how bad it is, what it is, and where to read on`, () => {
      assert.include(["critical", "warning"], severity)
      assert.isAbove(summary.length, 10)
      assert.isAbove(description.length, 20)
      const [file = "", anchor] = runbookUrl.split("#")
      assert.strictEqual(file, "docs/operations.md")
      const section = headingsOf(file).find((heading) => heading.anchor === anchor)
      assert.strictEqual(section?.title, name)
    })

    it(`${name} is tested where it fires, and where it does not`, () => {
      const cases = textOf("deploy/alerts.test.yml")
        .split(/^ {2}- name: /m)
        .filter((text) => text.includes(`alertname="${name}"`))
      assert.isTrue(cases.some((text) => text.includes("exp_samples")))
      assert.isTrue(cases.some((text) => !text.includes("exp_samples")))
    })
  }
})

describe("the run-book", () => {
  it("has a section for each alert, and for no other", () => {
    const sections = headingsOf("docs/operations.md").map(({ title }) => title)
    assert.deepStrictEqual(
      sections.filter((title) => title.startsWith("Dropin")).sort(),
      alerts.map(({ name }) => name).sort()
    )
  })

  it("names no metric that there is not", () => {
    for (const { name } of selectorsIn(textOf("docs/operations.md"))) {
      assert.isTrue(known.has(name) || known.has(`${name}_count`), name)
    }
  })
})
