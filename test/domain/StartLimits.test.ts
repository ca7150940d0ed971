import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import type { Start } from "../../src/domain/Start.js"
import { startAgainAfter } from "../../src/domain/StartLimits.js"

const now = 10_000_000
const limits = { windowMillis: 3_600_000, opened: 2, failed: 3 }

const start = (ago: number, overrides: Partial<Start> = {}): Start => ({
  sessionRef: `vs_${ago}`,
  environment: "test",
  userId: "user",
  fingerprint: "f",
  state: "opened",
  failure: null,
  retryAfterMillis: null,
  createdAt: now - ago,
  leaseUntil: now - ago,
  ...overrides
})
const failed = (ago: number) => start(ago, { state: "failed" })
const wait = (...starts: ReadonlyArray<Start>) => startAgainAfter(limits, now, starts)

describe("the limit of starts", () => {
  it("lets a user start up to the limit", () => {
    assert.strictEqual(wait(), 0)
    assert.strictEqual(wait(start(1000)), 0)
  })

  it("makes them wait until the oldest that counts has left the window", () => {
    assert.strictEqual(wait(start(5000), start(1000)), 3_600_000 - 5000)
    assert.strictEqual(wait(start(9000), start(5000), start(1000)), 3_600_000 - 5000)
    assert.strictEqual(wait(start(3_600_000), start(1000)), 0)
  })

  it("counts what failed for itself, and neither in place of the other", () => {
    assert.strictEqual(wait(failed(9000), start(5000), failed(1000)), 0)
    assert.strictEqual(wait(failed(9000), failed(5000), failed(1000)), 3_600_000 - 9000)
    assert.strictEqual(wait(failed(9000), start(7000), failed(5000), failed(1000)), 3_600_000 - 9000)
    assert.strictEqual(
      wait(start(9500), failed(9000), start(7000), failed(5000), failed(1000)),
      3_600_000 - 9000
    )
  })

  it("counts a start under way as opened, and as failed when its lease has run out", () => {
    const underWay = (leaseUntil: number) => start(1000, { state: "reserved", leaseUntil })
    assert.strictEqual(wait(start(5000), underWay(now + 1)), 3_600_000 - 5000)
    assert.strictEqual(wait(start(5000), underWay(now)), 0)
  })

  const starts = fc
    .array(
      fc.tuple(
        fc.integer({ min: 0, max: 3_599_999 }),
        fc.constantFrom("opened" as const, "failed" as const, "reserved" as const)
      ),
      { maxLength: 12 }
    )
    .map((given) =>
      given.sort(([a], [b]) => b - a).map(([ago, state]) => start(ago, { state, leaseUntil: now - 1 }))
    )

  it("lets go exactly when there is room again, and not a millisecond before", () => {
    const hasRoomAt = (at: number, given: ReadonlyArray<Start>) => {
      const within = given.filter(({ createdAt }) => createdAt > at - limits.windowMillis)
      const opened = within.filter(({ state }) => state === "opened").length
      return opened < limits.opened && within.length - opened < limits.failed
    }
    fc.assert(
      fc.property(starts, (given) => {
        const millis = startAgainAfter(limits, now, given)
        assert.isTrue(hasRoomAt(now + millis, given))
        if (millis > 0) assert.isFalse(hasRoomAt(now + millis - 1, given))
      })
    )
  })
})
