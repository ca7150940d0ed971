import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { displayable, escaped } from "../../src/domain/Text.js"

/** With the `u` flag a surrogate matches only where it stands alone. */
const unfit = /[\p{Cc}\p{Cs}]/u

const anyText = fc.oneof(
  fc.string16bits(),
  fc.fullUnicodeString(),
  fc.stringOf(fc.constantFrom("\u0000", "\n", "\u007f", "\u009f", "\ud83d", "\ude00", "a", "é"), {
    maxLength: 300
  })
)

describe("Text", () => {
  it("leaves no control character and no lone surrogate", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        assert.notMatch(escaped(text), unfit)
        assert.notMatch(displayable(text), unfit)
      }),
      { numRuns: 500 }
    )
  })

  it("leaves plain text as it is", () => {
    fc.assert(
      fc.property(fc.fullUnicodeString({ maxLength: 100 }), (text) => {
        fc.pre(!unfit.test(text))
        assert.strictEqual(escaped(text), text)
        assert.strictEqual(displayable(text), text)
      })
    )
  })

  it.each([
    ["a\u0000b", "a\\u0000b"],
    ["\r\n\t", "\\u000d\\u000a\\u0009"],
    ["\u001b[31m", "\\u001b[31m"],
    ["\u007f\u0080\u009f", "\\u007f\\u0080\\u009f"],
    ["\ud800", "\\ud800"],
    ["\udc00\ud800", "\\udc00\\ud800"],
    ["\ud800\ud83d\ude00\udc00", "\\ud800😀\\udc00"],
    ["é 😀 中", "é 😀 中"]
  ])("writes %j as %j", (text, expected) => assert.strictEqual(escaped(text), expected))

  it("cuts after 200 characters, and half a character is escaped", () => {
    assert.strictEqual(displayable("x".repeat(201)), "x".repeat(200))
    assert.strictEqual(displayable(`${"x".repeat(199)}😀`), `${"x".repeat(199)}\\ud83d`)
  })
})
