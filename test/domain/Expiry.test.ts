import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { expiryDueAt } from "../../src/domain/Expiry.js"
import { awaiting, expired, unconfirmable, type Verdict } from "../../src/domain/Verdict.js"

const minute = 60_000
const day = 24 * 60 * minute
const expiresAt = 1_000_000_000
const inReview: Verdict = { status: "pending", reason: "in_review" }
const moment = fc.integer({ min: 0, max: 4_000_000_000_000 })

describe("when a session expires without a verdict", () => {
  it("is five minutes after its page, whenever that was changed", () => {
    assert.strictEqual(expiryDueAt(awaiting, expiresAt, 0, 14 * day), expiresAt + 5 * minute)
    assert.strictEqual(expiryDueAt(awaiting, expiresAt, expiresAt * 2, 14 * day), expiresAt + 5 * minute)
  })

  it("is not before the review had its days", () =>
    assert.strictEqual(expiryDueAt(inReview, expiresAt, expiresAt, 14 * day), expiresAt + 14 * day))

  it("is not before its page either, when the days of a review are over first", () =>
    assert.strictEqual(
      expiryDueAt(inReview, expiresAt, expiresAt - 30 * day, 14 * day),
      expiresAt + 5 * minute
    ))

  it.each<Verdict>([
    unconfirmable,
    expired,
    { status: "pass", reason: null },
    { status: "fail", reason: "declined" },
    { status: "fail", reason: "provider_error" }
  ])("is never for %j", (verdict) => assert.isNull(expiryDueAt(verdict, expiresAt, 0, 14 * day)))

  it("is never sooner for a review than for one that is awaited", () => {
    fc.assert(
      fc.property(moment, moment, fc.nat({ max: 365 * day }), (expiresAt, since, reviewMillis) => {
        const due = expiryDueAt(inReview, expiresAt, since, reviewMillis) ?? -1
        assert.isAtLeast(due, expiryDueAt(awaiting, expiresAt, since, reviewMillis) ?? Number.NaN)
        assert.isAtLeast(due, since + reviewMillis)
      })
    )
  })
})
