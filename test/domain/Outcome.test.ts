import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { isDeciding, type Outcome, outcomeTable, readOutcome } from "../../src/domain/Outcome.js"

const documented: ReadonlyArray<readonly [wireValue: string, outcome: Outcome]> = [
  ["pass", "pass"],
  ["pending", "review"],
  ["review", "review"],
  ["in_review", "review"],
  ["manual_review", "review"],
  ["high_risk_review", "review"],
  ["processing", "review"],
  ["error", "provider_error"],
  ["throttled", "provider_error"]
]

const inAnyCase = (text: string) =>
  fc
    .array(fc.boolean(), { minLength: text.length, maxLength: text.length })
    .map((upper) => [...text].map((letter, i) => (upper[i] ? letter.toUpperCase() : letter)).join(""))

describe("Outcome", () => {
  const table = outcomeTable()

  it.each(documented)("reads %s as %s, in any case", (wireValue, outcome) => {
    fc.assert(fc.property(inAnyCase(wireValue), (text) => readOutcome(table, text) === outcome))
  })

  it("declines every other text", () => {
    const names = new Set(documented.map(([wireValue]) => wireValue))
    fc.assert(
      fc.property(fc.fullUnicodeString(), (text) => {
        fc.pre(!names.has(text.toLowerCase()))
        assert.strictEqual(readOutcome(table, text), "declined")
      })
    )
  })

  it.each([
    "FAIL",
    "",
    "passed",
    "pass ",
    " pass",
    "pass\u0000",
    "pass\n",
    "clear",
    "constructor",
    "__proto__"
  ])("declines %j", (text) => assert.strictEqual(readOutcome(table, text), "declined"))

  it.each([undefined, null, true, 1, ["pass"], { pass: "pass" }, new String("pass")])(
    "declines what is no text: %j",
    (value) => assert.strictEqual(readOutcome(table, value), "declined")
  )

  it("takes an operator's own values, in any case, over the known ones", () => {
    const extended = outcomeTable(
      new Map([
        ["Clear", "pass"],
        ["expired_document", "fail"],
        ["second_look", "review"],
        ["ERROR", "fail"]
      ])
    )
    assert.strictEqual(readOutcome(extended, "CLEAR"), "pass")
    assert.strictEqual(readOutcome(extended, "expired_Document"), "declined")
    assert.strictEqual(readOutcome(extended, "second_look"), "review")
    assert.strictEqual(readOutcome(extended, "error"), "declined")
    assert.strictEqual(readOutcome(extended, "throttled"), "provider_error")
    assert.strictEqual(readOutcome(table, "clear"), "declined")
  })

  it("lets everything but a review decide", () => {
    assert.deepStrictEqual((["pass", "review", "declined", "provider_error"] as const).filter(isDeciding), [
      "pass",
      "declined",
      "provider_error"
    ])
  })
})
