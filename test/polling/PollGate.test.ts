import { assert, describe, it } from "@effect/vitest"
import { Effect, TestClock } from "effect"
import type { PollResult } from "../../src/polling/Gate.js"
import { PollGate } from "../../src/polling/PollGate.js"
import { capturedLogs } from "../suites/logs.js"

const Failed: PollResult = { _tag: "Failed" }
const Answered: PollResult = { _tag: "Answered" }
const Refused: PollResult = { _tag: "Refused", why: "key_not_accepted" }
const OutOfCredits: PollResult = { _tag: "Refused", why: "out_of_credits" }

const refuses = (product: string, why = "key_not_accepted") =>
  `ERROR VerifyHuman refuses to tell the status of a product; it is probed every 5 minutes product=${product} why=${why}`
const tells = (product: string) => `INFO VerifyHuman tells the status of a product again product=${product}`
const broken = "ERROR VerifyHuman's status endpoints fail; the circuit breaker is open"
const mended = "INFO VerifyHuman's status endpoints answer again"

type Told = readonly ["verifyage" | "verifyhuman", PollResult]
const age = (result: PollResult): Told => ["verifyage", result]
const human = (result: PollResult): Told => ["verifyhuman", result]
const failures = Array<Told>(5).fill(age(Failed))

describe("the alerts of the poller's gate", () => {
  it.effect.each<[string, ReadonlyArray<Told>, ReadonlyArray<string>]>([
    ["say nothing while all is well", [age(Answered), age(Failed), age(Answered)], []],
    ["tell once of a breaker that opens", [...failures, ...failures], [broken]],
    ["tell of its closing", [...failures, age(Answered), age(Answered)], [broken, mended]],
    [
      "tell once of each product that is refused",
      [age(Refused), age(Refused), human(Refused)],
      [refuses("verifyage"), refuses("verifyhuman")]
    ],
    [
      "tell when the reason is another",
      [age(Refused), age(OutOfCredits)],
      [refuses("verifyage"), refuses("verifyage", "out_of_credits")]
    ],
    [
      "tell of each that is let in again",
      [age(Refused), human(Refused), age(Answered), age(Answered)],
      [refuses("verifyage"), refuses("verifyhuman"), tells("verifyage")]
    ],
    [
      "tell both when one answer changes both",
      [...failures, age(Refused), ...failures, age(Answered)],
      [broken, refuses("verifyage"), mended, broken, tells("verifyage"), mended]
    ]
  ])("%s", ([, results, expected]) => {
    const logs = capturedLogs()
    return Effect.gen(function* () {
      const gate = yield* PollGate
      yield* Effect.forEach(results, ([product, result]) => gate.record(product, result))
      assert.deepStrictEqual(logs.lines, [...expected])
    }).pipe(Effect.provide([PollGate.layer, logs.layer]))
  })

  it.effect("go with what the gate lets through, by the clock", () =>
    Effect.gen(function* () {
      const gate = yield* PollGate
      yield* Effect.forEach(failures, ([product, result]) => gate.record(product, result))
      assert.deepInclude(yield* gate.current, { failures: 5, openUntil: 30_000 })
      assert.deepStrictEqual(yield* gate.passages(8, 0), [])
      yield* TestClock.adjust("30 seconds")
      assert.lengthOf(yield* gate.passages(8, 0), 1)
      yield* gate.record("verifyage", Refused)
      yield* TestClock.adjust("5 minutes")
      assert.lengthOf(yield* gate.passages(8, 0), 2)
      yield* gate.probed(["verifyage"])
      assert.lengthOf(yield* gate.passages(8, 0), 1)
    }).pipe(Effect.provide([PollGate.layer, capturedLogs().layer]))
  )
})
