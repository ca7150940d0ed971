import { assert, describe, it } from "@effect/vitest"
import { isSessionRef, withVerdict } from "../../src/domain/Session.js"
import { aRef, aReservation, aSession, reviewMillis } from "../suites/fixtures.js"

const session = aSession(aReservation())
const restarted = { ...session, open: false, hostedUrl: null }

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

  it("decided, is closed and forgets its URL", () => {
    for (const verdict of [
      { status: "pass", reason: null },
      { status: "fail", reason: "declined" }
    ] as const) {
      assert.deepStrictEqual(
        withVerdict(session, verdict, { id: "ev_1", providerStatus: "X" }, 42, reviewMillis),
        {
          ...session,
          verdict,
          providerStatus: "X",
          sequence: session.sequence + 1,
          causedBy: "ev_1",
          updatedAt: 42,
          decidedAt: 42,
          expiryDueAt: null,
          open: false,
          hostedUrl: null
        }
      )
    }
  })

  it("in review, stays as open as it was", () => {
    const verdict = { status: "pending", reason: "in_review" } as const
    const cause = { id: "ev_1", providerStatus: "pending" }
    const changed = {
      verdict,
      providerStatus: "pending",
      sequence: session.sequence + 1,
      causedBy: "ev_1",
      updatedAt: 42,
      expiryDueAt: 42 + reviewMillis
    }
    const reviewed = withVerdict(session, verdict, cause, 42, reviewMillis)
    assert.deepStrictEqual(reviewed, { ...session, ...changed })
    assert.deepStrictEqual(withVerdict(restarted, verdict, cause, 42, reviewMillis), {
      ...restarted,
      ...changed
    })
  })

  it("expired, loses its page and stays the current one of its kind", () => {
    const verdict = { status: "fail", reason: "expired" } as const
    const expired = withVerdict(session, verdict, null, 42, reviewMillis)
    assert.deepInclude(expired, {
      open: true,
      hostedUrl: null,
      causedBy: null,
      decidedAt: 42,
      expiryDueAt: null
    })
    assert.isFalse(withVerdict(restarted, verdict, null, 42, reviewMillis).open)
  })
})
