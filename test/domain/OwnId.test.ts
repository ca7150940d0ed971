import { randomBytes } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import { mayBeOwnId, ownId } from "../../src/domain/OwnId.js"
import { isSessionRef } from "../../src/domain/Session.js"

const token = () => randomBytes(24).toString("base64url")

describe("an id of our own", () => {
  const now = Date.UTC(2026, 4, 17)

  it("stands after those of earlier milliseconds, byte for byte", () => {
    const times = [0, 1, 31, 32, now, now + 1, now + 1000, now + 10 * 365 * 86_400_000]
    const ids = times.map((time) => ownId("ev", time, token()))
    assert.deepStrictEqual([...ids].sort(), ids)
  })

  it("has 138 random bits: two of one instant share nothing else", () => {
    const [one, other] = [ownId("vs", now, token()), ownId("vs", now, token())]
    assert.strictEqual(one.slice(0, 12), other.slice(0, 12))
    assert.lengthOf(one.slice(12), 138 / 6)
    assert.notStrictEqual(one.slice(12), other.slice(12))
  })

  it("has the form of a session_ref, and of what an operator may name", () => {
    assert.isTrue(isSessionRef(ownId("vs", now, token())))
    for (const kind of ["vs", "ev", "msg", "au"] as const)
      assert.isTrue(mayBeOwnId(ownId(kind, now, token())))
  })
})
