import { createHash } from "node:crypto"
import { afterEach, assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { vi } from "vitest"
import { sha256 } from "../../src/domain/Digest.js"

const inSteps = (data: string | Uint8Array) => createHash("sha256").update(data).digest("base64url")

describe("SHA-256", () => {
  afterEach(() => {
    vi.doUnmock("node:crypto")
    vi.resetModules()
  })

  it("is that of FIPS 180-4, of texts as UTF-8", () => {
    assert.strictEqual(sha256("abc"), "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0")
    assert.strictEqual(sha256("é"), sha256(new TextEncoder().encode("é")))
  })

  it("is the same on a Node that only knows it in steps", async () => {
    vi.doMock("node:crypto", async (original) => ({ ...(await original<object>()), hash: undefined }))
    vi.resetModules()
    const older = await import("../../src/domain/Digest.js")
    assert.notStrictEqual(older.sha256, sha256)
    fc.assert(
      fc.property(fc.oneof(fc.fullUnicodeString(), fc.uint8Array()), (data) => {
        assert.strictEqual(older.sha256(data), inSteps(data))
        assert.strictEqual(sha256(data), inSteps(data))
      })
    )
  })
})
