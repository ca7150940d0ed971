import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, TestClock } from "effect"
import { PollGate } from "../../src/polling/PollGate.js"
import { rejected } from "../../src/verifyhuman/Exchange.js"
import {
  ProviderOutOfCredits,
  ProviderTimeout,
  ProviderUnavailable
} from "../../src/verifyhuman/VerifyHumanError.js"
import { capturedLogs } from "../suites/logs.js"
import { aProvider, later, type Play, pass, polling, track, verdictOf } from "./asking.js"

const unavailable = (retryAfterMillis: number | null = null) =>
  Effect.fail(new ProviderUnavailable({ retryAfterMillis }))
const throttled = (retryAfterMillis: number | null) =>
  Effect.fail(new ProviderUnavailable({ retryAfterMillis, throttled: true }))
const seconds = (...times: ReadonlyArray<number>) => times.map((time) => time * 1000)

describe("a poller in trouble", () => {
  it.scoped.each<[string, Play, ReadonlyArray<number>]>([
    ["for as long as a 429 asks for, all sessions", throttled(60_000), seconds(62, 62)],
    ["for half a minute where a 429 says nothing", throttled(null), seconds(32, 32)]
  ])("leaves the provider alone %s", ([, play, expected]) =>
    polling(
      Effect.gen(function* () {
        const provider = aProvider((_, call) => (call === 1 ? play : { outcome: "PASS" }))
        const first = yield* track()
        yield* Layer.build(provider.poller)
        yield* TestClock.adjust("2500 millis")
        const second = yield* track()
        yield* pass(2)
        assert.deepStrictEqual(provider.times(), [2000, ...expected])
        assert.deepStrictEqual(yield* verdictOf(first.sessionRef), ["pass", null])
        assert.deepStrictEqual(yield* verdictOf(second.sessionRef), ["pass", null])
      })
    )
  )

  it.scoped("leaves one session alone for as long as a 503 for it asks", () =>
    polling(
      Effect.gen(function* () {
        const slow = yield* track()
        const other = yield* track()
        const provider = aProvider((id) => (id === slow.id ? unavailable(45_000) : {}))
        yield* Layer.build(provider.poller)
        yield* pass(1)
        assert.deepStrictEqual(provider.timesOf(slow.id), seconds(2, 47))
        assert.isAtLeast(provider.timesOf(other.id).length, 4)
      })
    )
  )

  it.scoped.each<[string, Play]>([
    ["5xx and connections", unavailable()],
    ["timeouts", Effect.fail(new ProviderTimeout())]
  ])("opens its breaker for %s, and lets one through at a time until one is answered", ([, broken]) => {
    const logs = capturedLogs()
    return polling(
      Effect.gen(function* () {
        let isBroken = true
        const provider = aProvider(() => (isBroken ? broken : { outcome: "PASS" }))
        const sessions = yield* Effect.replicateEffect(track(), 20)
        yield* Layer.build(provider.poller)
        yield* TestClock.adjust("31 seconds")
        const before = provider.calls.length
        assert.isAtLeast(before, 5)
        assert.isAtMost(before, 8)
        yield* TestClock.adjust("30 seconds")
        assert.lengthOf(provider.calls, before + 1)
        isBroken = false
        yield* pass(1)
        for (const { sessionRef } of sessions) {
          assert.deepStrictEqual(yield* verdictOf(sessionRef), ["pass", null])
        }
        assert.lengthOf(logs.of("ERROR VerifyHuman's status endpoints fail"), 1)
        assert.lengthOf(logs.of("INFO VerifyHuman's status endpoints answer again"), 1)
      })
    ).pipe(Effect.provide(logs.layer))
  })

  it.scoped.each<[string, Play, string]>([
    ["401 and 403", Effect.fail(rejected("key_not_accepted", 401)), "key_not_accepted"],
    ["402", Effect.fail(new ProviderOutOfCredits()), "out_of_credits"],
    ["a missing key", Effect.fail(rejected("no_client_key")), "key_not_accepted"]
  ])("stops a product for %s, probes it every five minutes, and goes on when it may", ([, refusal, why]) => {
    const logs = capturedLogs()
    return polling(
      Effect.gen(function* () {
        let isRefused = true
        const provider = aProvider((_, __, product) =>
          product !== "verifyage" ? {} : isRefused ? refusal : { outcome: "PASS" }
        )
        const first = yield* track({ product: "verifyage" })
        const others = yield* Effect.replicateEffect(track({ product: "verifyage" }), 3)
        const other = yield* track({ product: "verifycompliance" })
        const refused = [first, ...others].map(({ id }) => id)
        const asked = () => provider.calls.filter(({ id }) => refused.includes(id)).length
        yield* later(provider.poller, 0.05)
        assert.strictEqual(asked(), 4)
        yield* later(provider.poller, 4.9)
        assert.strictEqual(asked(), 4)
        yield* later(provider.poller, 0.1)
        assert.strictEqual(asked(), 5)
        yield* later(provider.poller, 4.9)
        assert.strictEqual(asked(), 5)
        assert.lengthOf(provider.timesOf(other.id), 4)
        assert.lengthOf(logs.of(`product=verifyage why=${why}`), 1)
        isRefused = false
        yield* later(provider.poller, 0.1)
        for (const { sessionRef } of [first, ...others]) {
          assert.deepStrictEqual(yield* verdictOf(sessionRef), ["pass", null])
        }
        assert.lengthOf(logs.of("INFO VerifyHuman tells the status of a product again product=verifyage"), 1)
        assert.lengthOf(logs.lines, 2)
      })
    ).pipe(Effect.provide(logs.layer))
  })

  it.scoped("finds its way back when a refused product is all that there is and the breaker opened too", () =>
    polling(
      Effect.gen(function* () {
        const gate = yield* PollGate
        let play: Play | object = Effect.fail(rejected("key_not_accepted", 401))
        const provider = aProvider(() => play)
        const { sessionRef } = yield* track()
        yield* later(provider.poller, 1)
        play = unavailable()
        for (let probes = 0; probes < 5; probes++) yield* later(provider.poller, 6)
        assert.isNotNull((yield* gate.current).openUntil)
        assert.lengthOf(provider.calls, 6)
        play = { outcome: "PASS" }
        yield* later(provider.poller, 6)
        assert.deepStrictEqual(yield* verdictOf(sessionRef), ["pass", null])
      })
    ).pipe(Effect.provide(capturedLogs().layer))
  )
})
