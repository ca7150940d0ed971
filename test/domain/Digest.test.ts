import { createHash } from "node:crypto"
import { afterEach, assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { vi } from "vitest"
import { sha256 } from "../../src/domain/Digest.js"

const inSteps = (data: string | Uint8Array) => createHash("sha256").update(data).digest("hex")

describe("SHA-256", () => {
  afterEach(() => {
    vi.doUnmock("node:crypto")
    vi.resetModules()
  })

  it("is that of FIPS 180-4, of texts as UTF-8", () => {
    assert.strictEqual(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
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
