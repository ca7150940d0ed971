import { assert, describe, it } from "@effect/vitest"
import { type ActionType, actionOf } from "../../src/domain/Action.js"
import type { Session } from "../../src/domain/Session.js"
import { awaiting, expired, unconfirmable, type Verdict } from "../../src/domain/Verdict.js"
import { aReservation, aSession } from "../suites/fixtures.js"

const inReview: Verdict = { status: "pending", reason: "in_review" }
const passed: Verdict = { status: "pass", reason: null }
const declined: Verdict = { status: "fail", reason: "declined" }

const session = (verdict: Verdict, overrides: Partial<Session> = {}) =>
  aSession(aReservation(), { verdict, sequence: 3, updatedAt: Date.UTC(2026, 4, 17, 10, 30), ...overrides })

describe("what a changed verdict sets in motion", () => {
  it.each<[Verdict, ActionType]>([
    [passed, "verification.passed"],
    [declined, "verification.failed"],
    [{ status: "fail", reason: "provider_error" }, "verification.failed"],
    [expired, "verification.expired"],
    [inReview, "verification.in_review"]
  ])("%j is told as %s", (verdict, type) => {
    const action = actionOf("msg_1", session(verdict), awaiting, null)
    assert.strictEqual(action?.type, type)
    assert.strictEqual(JSON.parse(action?.payload ?? "").type, type)
  })

  it.each([awaiting, unconfirmable])("%j tells nothing", (verdict) =>
    assert.isNull(actionOf("msg_1", session(verdict), inReview, "ver_1"))
  )

  it("says exactly what the receiver is promised, and nothing more", () => {
    const given = session(passed, { reference: "order 7", environment: "live", product: "verifyage" })
    const action = actionOf("msg_1", given, inReview, "ver_1")
    assert.strictEqual(
      action?.payload,
      JSON.stringify({
        type: "verification.passed",
        timestamp: "2026-05-17T10:30:00.000Z",
        data: {
          session_ref: given.sessionRef,
          user_id: given.userId,
          reference: "order 7",
          product: "verifyage",
          environment: "live",
          status: "pass",
          reason: null,
          previous_status: "pending",
          verification_id: "ver_1",
          sequence: 3
        }
      })
    )
  })

  it("tells of a reversal what it was before", () => {
    const action = actionOf("msg_1", session(declined), passed, null)
    assert.deepInclude(JSON.parse(action?.payload ?? "").data, {
      status: "fail",
      reason: "declined",
      previous_status: "pass",
      verification_id: null,
      reference: null
    })
  })

  it("is due at once, and was never tried", () => {
    const given = session(passed)
    assert.deepInclude(actionOf("msg_1", given, awaiting, null), {
      id: "msg_1",
      sessionRef: given.sessionRef,
      environment: "test",
      sequence: 3,
      state: "pending",
      attempts: 0,
      tries: 0,
      createdAt: given.updatedAt,
      nextAttemptAt: given.updatedAt,
      finishedAt: null
    })
  })
})
