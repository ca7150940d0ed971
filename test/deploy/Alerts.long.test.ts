import { spawnSync } from "node:child_process"
import { assert, describe, it } from "@effect/vitest"
import { pathOf } from "./alerts.js"

/** Runs promtool; fails with what it said, or with what to install. */
const promtool = (...args: ReadonlyArray<string>) => {
  const { error, status, stderr, stdout } = spawnSync("promtool", args, { encoding: "utf8" })
  if (error !== undefined) {
    assert.fail(
      `promtool cannot be run (${error.message}): install it, with "apt-get install prometheus" or from https://prometheus.io/download`
    )
  }
  assert.strictEqual(status, 0, `${stdout}${stderr}`)
  return stdout
}

describe("the alerts, in promtool", () => {
  it("are rules that Prometheus can read", () => {
    promtool("check", "rules", pathOf("deploy/alerts.yml"))
  })

  it("each fire when they should, and only then", () => {
    promtool("test", "rules", pathOf("deploy/alerts.test.yml"))
  })

  it("are loaded by an example that Prometheus can read", () => {
    promtool("check", "config", "--syntax-only", pathOf("deploy/prometheus.yml"))
  })
})
