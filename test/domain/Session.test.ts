import { assert, describe, it } from "@effect/vitest"
import { closed, initialVerdict, isSessionRef, withVerdict } from "../../src/domain/Session.js"
import { awaiting, unconfirmable } from "../../src/domain/Verdict.js"
import { aRef, aReservation, aSession } from "../suites/fixtures.js"

const session = aSession(aReservation())

describe("Session", () => {
  it("knows the form of a session_ref", () => {
    const ref = aRef()
    assert.isTrue(isSessionRef(ref))
    for (const text of [
      "",
      "vs_",
      ref.slice(1),
      `${ref}a`,
      ref.slice(0, -1),
      `${ref}\n`,
      ` ${ref}`,
      ref.toUpperCase()
    ]) {
      assert.isFalse(isSessionRef(text), JSON.stringify(text))
    }
    assert.isFalse(isSessionRef(`vs_${"/".repeat(32)}`))
  })

  it("begins unconfirmable where nothing can lead a webhook back to it", () => {
    assert.strictEqual(initialVerdict({ confirmable: true }), awaiting)
    assert.strictEqual(initialVerdict({ confirmable: false }), unconfirmable)
  })

  it("closed by its successor, forgets its URL and nothing that a phone can see", () => {
    assert.deepStrictEqual(closed(session), { ...session, open: false, hostedUrl: null })
  })

  it("decided, is closed and forgets its URL", () => {
    for (const verdict of [
      { status: "pass", reason: null },
      { status: "fail", reason: "declined" }
    ] as const) {
      assert.deepStrictEqual(withVerdict(session, verdict, "X", 42), {
        ...session,
        verdict,
        providerStatus: "X",
        sequence: session.sequence + 1,
        updatedAt: 42,
        decidedAt: 42,
        open: false,
        hostedUrl: null
      })
    }
  })

  it("in review, stays as open as it was", () => {
    const verdict = { status: "pending", reason: "in_review" } as const
    const changed = { verdict, providerStatus: "pending", sequence: session.sequence + 1, updatedAt: 42 }
    assert.deepStrictEqual(withVerdict(session, verdict, "pending", 42), { ...session, ...changed })
    const restarted = closed(session)
    assert.deepStrictEqual(withVerdict(restarted, verdict, "pending", 42), { ...restarted, ...changed })
  })
})
