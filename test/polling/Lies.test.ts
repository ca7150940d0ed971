import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { rejected } from "../../src/verifyhuman/Exchange.js"
import { capturedLogs } from "../suites/logs.js"
import { aProvider, envelope, eventsOf, json, pass, polling, track, verdictOf } from "./asking.js"

const good = { outcome: "PASS" }

describe("what decides nothing at the poller", () => {
  it.scoped.each<[string, (id: string) => unknown]>([
    ["another session", () => envelope("msess_test_other", "verifyidentity", good)],
    ["no session", (id) => ({ ...envelope(id, "verifyidentity", good), session_id: undefined })],
    ["another product", (id) => envelope(id, "verifyidentity", { ...good, product: "verifyhuman" })],
    [
      "another environment",
      (id) => envelope(id, "verifyidentity", { ...good, meta: { environment: "live" } })
    ],
    ["no success", (id) => envelope(id, "verifyidentity", { ...good, success: false })],
    ["a success in words", (id) => envelope(id, "verifyidentity", { ...good, success: "true" })],
    ["an outcome that is no text", (id) => envelope(id, "verifyidentity", { outcome: { status: "PASS" } })],
    ["no outcome", (id) => envelope(id, "verifyidentity", { outcome: undefined })],
    ["another shape", () => ({ success: true, result: good })],
    ["a list", (id) => [envelope(id, "verifyidentity", good)]],
    ["a text", () => "PASS"],
    ["nothing", () => null]
  ])("%s, which the log tells", ([, lie]) => {
    const logs = capturedLogs()
    return polling(
      Effect.gen(function* () {
        const provider = aProvider((id, call) => (call === 1 ? Effect.succeed(json(lie(id))) : good))
        const { sessionRef } = yield* track()
        yield* Layer.build(provider.poller)
        yield* pass(0.05)
        assert.deepStrictEqual(provider.times(), [2000])
        assert.deepStrictEqual(yield* verdictOf(sessionRef), ["pending", "awaiting_result"])
        assert.lengthOf(yield* eventsOf(sessionRef), 0)
        assert.lengthOf(logs.of(`WARN An answer of VerifyHuman cannot be used session_ref=${sessionRef}`), 1)
        assert.notInclude(logs.lines.join(), "PASS")
        yield* pass(0.05)
        assert.deepStrictEqual(yield* verdictOf(sessionRef), ["pass", null])
      })
    ).pipe(Effect.provide(logs.layer))
  })

  it.scoped.each(["not_found", "bad_request", "unexpected_status", "unexpected_shape"] as const)(
    "a rejection: %s, however often",
    (why) =>
      polling(
        Effect.gen(function* () {
          const provider = aProvider((_, call) => (call <= 7 ? Effect.fail(rejected(why, 404)) : good))
          const { sessionRef } = yield* track()
          yield* Layer.build(provider.poller)
          yield* pass(1.5)
          assert.lengthOf(provider.calls, 7)
          assert.deepStrictEqual(yield* verdictOf(sessionRef), ["pending", "awaiting_result"])
          yield* pass(1)
          assert.deepStrictEqual(yield* verdictOf(sessionRef), ["pass", null])
        })
      )
  )
})
