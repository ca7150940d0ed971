import { assert, describe, it } from "@effect/vitest"
import { hrefOf, routeOf } from "../../src/console/app/route.js"

describe("an address in the console", () => {
  it.each<[string, string, string | null, Record<string, string>]>([
    ["", "overview", null, {}],
    ["#/nowhere", "overview", null, {}],
    ["#/sessions", "sessions", null, {}],
    ["#/sessions/vs_1", "sessions", "vs_1", {}],
    ["#/sessions/%", "sessions", "%", {}],
    ["#/sessions?q=a%26b&status=pass", "sessions", null, { q: "a&b", status: "pass" }]
  ])("%j", (hash, view, id, search) => assert.deepStrictEqual(routeOf(hash), { view, id, search } as never))

  it.each(["ada", "a/b?c#d", "Zoë O’Neill", "100%", "+1 555"])("leads to %j and back", (name) => {
    assert.strictEqual(routeOf(hrefOf("sessions", name)).id, name)
    assert.deepStrictEqual(routeOf(hrefOf("sessions", null, { q: name, status: "" })).search, { q: name })
  })
})
