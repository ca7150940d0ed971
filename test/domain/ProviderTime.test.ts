import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { parseProviderTime } from "../../src/domain/ProviderTime.js"

const pad = (value: number, length: number) => String(value).padStart(length, "0")

/** An instant in nanoseconds, written with all its digits in some zone. */
const written = (instant: bigint, offsetMinutes: number, separators: readonly [string, string]) => {
  const seconds = Number(instant / 1_000_000_000n)
  const local = new Date((seconds + offsetMinutes * 60) * 1000).toISOString().slice(0, 19)
  const size = Math.abs(offsetMinutes)
  const zone =
    offsetMinutes === 0
      ? separators[1]
      : `${offsetMinutes < 0 ? "-" : "+"}${pad(Math.floor(size / 60), 2)}:${pad(size % 60, 2)}`
  const fraction = String(instant % 1_000_000_000n).padStart(9, "0")
  return `${local.replace("T", separators[0])}.${fraction}${zone}`
}

const offset = fc.oneof(fc.constant(0), fc.integer({ min: -23 * 60 - 59, max: 23 * 60 + 59 }))
const separators = fc.constantFrom(["T", "Z"] as const, ["t", "z"] as const)

/** Two instants, often less than a microsecond or a second apart. */
const twoInstants = fc.tuple(
  fc.bigInt({ min: 1_000_000_000_000_000_000n, max: 3_000_000_000_000_000_000n }),
  fc.oneof(
    fc.bigInt({ min: -3n, max: 3n }),
    fc.constantFrom(-1000n, 1000n, -1_000_000n, 1_000_000n, -1_000_000_000n, 1_000_000_000n),
    fc.bigInt({ min: -1_000_000_000_000_000n, max: 1_000_000_000_000_000n })
  )
)

const sign = (a: bigint | string, b: bigint | string) => (a < b ? -1 : a > b ? 1 : 0)

describe("ProviderTime", () => {
  it("sorts as text in the order of the instants, to the nanosecond and across zones", () => {
    fc.assert(
      fc.property(
        twoInstants,
        offset,
        offset,
        separators,
        separators,
        ([instant, apart], here, there, a, b) => {
          const one = parseProviderTime(written(instant, here, a))
          const other = parseProviderTime(written(instant + apart, there, b))
          assert.isNotNull(one)
          assert.isNotNull(other)
          assert.strictEqual(sign(String(one), String(other)), sign(0n, apart))
        }
      ),
      { numRuns: 1000 }
    )
  })

  it("sorts by every digit of the fraction, however many", () => {
    const fraction = fc.stringOf(fc.constantFrom("0", "1", "9"), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(fraction, fraction, (a, b) => {
        const parse = (digits: string) => String(parseProviderTime(`2026-05-17T10:30:00.${digits}Z`))
        assert.strictEqual(
          sign(parse(a), parse(b)),
          sign(BigInt(a.padEnd(30, "0")), BigInt(b.padEnd(30, "0")))
        )
      }),
      { numRuns: 500 }
    )
  })

  it.each([
    ["2026-05-17T10:30:00Z", "2026-05-17T10:30:00"],
    ["2025-01-15T14:30:00.000000Z", "2025-01-15T14:30:00"],
    ["2025-01-15T14:30:00.000001Z", "2025-01-15T14:30:00.000001"],
    ["2025-01-15T14:30:00.123456789Z", "2025-01-15T14:30:00.123456789"],
    ["2025-01-15T14:30:00.100Z", "2025-01-15T14:30:00.1"],
    ["2025-01-15t14:30:00z", "2025-01-15T14:30:00"],
    ["2025-01-15T14:30:00-00:00", "2025-01-15T14:30:00"],
    ["2026-05-17T12:30:00.5+02:00", "2026-05-17T10:30:00.5"],
    ["2025-12-31T23:30:00-01:00", "2026-01-01T00:30:00"],
    ["2024-03-01T00:15:00+05:45", "2024-02-29T18:30:00"],
    ["2024-02-29T00:00:00Z", "2024-02-29T00:00:00"]
  ])("writes %s as %s", (text, canonical) => assert.strictEqual(parseProviderTime(text), canonical))

  it("reads a fraction as long as a body to its last digit", () => {
    const long = `2026-05-17T10:30:00.${"0".repeat(60_000)}1`
    assert.strictEqual(parseProviderTime(`${long}Z`), long)
    assert.strictEqual(parseProviderTime(`${long}${"0".repeat(1000)}Z`), long)
  })

  it.each([
    "2026-02-30T10:30:00Z",
    "2025-02-29T10:30:00Z",
    "2026-04-31T10:30:00Z",
    "2026-13-01T10:30:00Z",
    "2026-00-10T10:30:00Z",
    "2026-05-00T10:30:00Z",
    "2026-05-17T24:00:00Z",
    "2026-05-17T10:60:00Z",
    "2026-05-17T10:30:60Z",
    "2026-05-17T10:30:00",
    "2026-05-17 10:30:00Z",
    "2026-05-17T10:30Z",
    "2026-05-17T10:30:00.Z",
    "2026-05-17T10:30:00,5Z",
    "2026-05-17T10:30:00+0200",
    "2026-05-17T10:30:00+24:00",
    "2026-05-17T10:30:00+02:60",
    "2026-05-17",
    "20260517T103000Z",
    "+002026-05-17T10:30:00Z",
    "0000-01-01T00:00:00+01:00",
    "9999-12-31T23:59:59-01:00",
    " 2026-05-17T10:30:00Z",
    "2026-05-17T10:30:00Z\n",
    "٢٠٢٦-05-17T10:30:00Z",
    "1779013800",
    "now",
    ""
  ])("reads no time from %j", (text) => assert.isNull(parseProviderTime(text)))

  it.each([1779013800, 1779013800000, null, undefined, true, {}, ["2026-05-17T10:30:00Z"], new Date(0)])(
    "reads no time from what is no text: %j",
    (value) => assert.isNull(parseProviderTime(value))
  )
})
