import { IncomingMessage, ServerResponse } from "node:http"
import { Socket } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { requestsInTurns } from "../../src/http/RequestsInTurns.js"

const aRequest = () => {
  const request = new IncomingMessage(new Socket())
  return [request, new ServerResponse(request)] as const
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

/** A listener that notes which requests were begun. */
const noting = () => {
  const begun: Array<IncomingMessage> = []
  const { onConnection, onRequest } = requestsInTurns((request) => begun.push(request))
  return { begun, comeIn: onConnection, listener: onRequest }
}

describe("requests in turns", () => {
  it("are begun at once, up to 64; the rest in the next turns, in the order in which they came", async () => {
    const { begun, listener } = noting()
    const all = Array.from({ length: 150 }, aRequest)
    for (const one of all) listener(...one)
    assert.strictEqual(begun.length, 64)
    const late = aRequest()
    await turn()
    assert.strictEqual(begun.length, 128)
    listener(...late)
    assert.strictEqual(begun.length, 128)
    await turn()
    assert.deepStrictEqual(
      begun,
      [...all, late].map(([request]) => request)
    )
  })

  it("are begun at once again when nobody waits", async () => {
    const { begun, listener } = noting()
    for (let round = 1; round <= 3; round++) {
      for (let i = 0; i < 64; i++) listener(...aRequest())
      assert.strictEqual(begun.length, 64 * round)
      await turn()
    }
  })

  it("are fewer in a turn in which somebody new came in", async () => {
    const { begun, comeIn, listener } = noting()
    const all = Array.from({ length: 150 }, aRequest)
    comeIn()
    for (const one of all) listener(...one)
    assert.strictEqual(begun.length, 8)
    comeIn()
    await turn()
    assert.strictEqual(begun.length, 16)
    const late = aRequest()
    listener(...late)
    await turn()
    assert.strictEqual(begun.length, 80)
    await turn()
    await turn()
    assert.deepStrictEqual(
      begun,
      [...all, late].map(([request]) => request)
    )
  })

  it("are not begun for those who have hung up by then", async () => {
    const { begun, listener } = noting()
    const all = Array.from({ length: 67 }, aRequest)
    for (const one of all) listener(...one)
    all[64]?.[0].destroy()
    all[65]?.[1].destroy()
    await turn()
    assert.strictEqual(begun.length, 65)
    assert.strictEqual(begun[64], all[66]?.[0])
  })
})
