import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { retryAfterMillis } from "../../src/domain/RetryAfter.js"

const now = Date.parse("2026-05-17T10:30:00.250Z")
const day = 24 * 60 * 60 * 1000

describe("Retry-After", () => {
  it.each<[string | undefined, number | null]>([
    [undefined, null],
    ["0", 0],
    ["1", 1000],
    ["007", 7000],
    ["120", 120_000],
    ["86400", day],
    ["86401", day],
    ["99999999999999999999", day],
    ["9".repeat(400), day],
    ["Sun, 17 May 2026 10:30:30 GMT", 29_750],
    ["Sun, 17 May 2026 10:30:00 GMT", 0],
    ["Sun, 06 Nov 1994 08:49:37 GMT", 0],
    ["Mon, 18 May 2026 10:30:01 GMT", day],
    ["Fri, 31 Dec 9999 23:59:59 GMT", day],
    ["", null],
    [" ", null],
    ["-1", null],
    ["+1", null],
    ["1.5", null],
    ["1e3", null],
    ["0x10", null],
    ["１", null],
    ["1 s", null],
    ["1, 2", null],
    ["NaN", null],
    ["soon", null],
    ["2026-05-17T10:30:30Z", null],
    ["Sun, 17 May 2026 10:30:30", null],
    ["Sun, 17 May 2026 10:30:30 CET", null],
    ["Sun, 17 Foo 2026 10:30:30 GMT", null],
    ["Sun, 17 May 2026 99:99:99 GMT", null],
    ["Sun, 17 May 2026 10:30:30 GMT, Sun, 17 May 2026 10:30:40 GMT", null]
  ])("%j", (header, expected) => assert.strictEqual(retryAfterMillis(header, now), expected))

  it("says the same by seconds and by date", () => {
    fc.assert(
      fc.property(fc.nat({ max: 86_400 }), fc.nat({ max: 4_000_000_000 }), (seconds, at) => {
        const date = new Date((at + seconds) * 1000).toUTCString()
        assert.strictEqual(retryAfterMillis(String(seconds), at * 1000), seconds * 1000)
        assert.strictEqual(retryAfterMillis(date, at * 1000), seconds * 1000)
      })
    )
  })

  it("never asks for less than nothing or for more than a day, whatever is sent", () => {
    const header = fc.oneof(
      fc.string(),
      fc.stringMatching(/^\d{1,40}$/),
      fc.date().map((date) => date.toUTCString())
    )
    fc.assert(
      fc.property(header, (text) => {
        const millis = retryAfterMillis(text, now)
        assert.isTrue(millis === null || (millis >= 0 && millis <= day))
      }),
      { numRuns: 1000 }
    )
  })
})
