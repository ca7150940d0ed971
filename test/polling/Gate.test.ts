import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { Product } from "../../src/domain/Product.js"
import {
  type Gate,
  after as next,
  openGate,
  type PollResult,
  passages,
  probed
} from "../../src/polling/Gate.js"

const [second, minute] = [1000, 60_000]
const now = 1_000_000
const all = [...Product.literals]
const Failed: PollResult = { _tag: "Failed" }
const Answered: PollResult = { _tag: "Answered" }
const Refused: PollResult = { _tag: "Refused", why: "key_not_accepted" }
const throttled = (until: number): PollResult => ({ _tag: "Throttled", until })

const fed = (results: ReadonlyArray<PollResult>, at = now, product: Product = "verifyage") =>
  results.reduce((gate, result) => next(gate, product, result, at), openGate)
const broken = fed(Array(5).fill(Failed))
const others = all.filter((product) => product !== "verifyage")

describe("the breaker", () => {
  it("is closed at first, and lets everything through that there is room for", () => {
    assert.deepStrictEqual(passages(openGate, now, 8, 0), [{ products: all, limit: 8 }])
    assert.deepStrictEqual(passages(openGate, now, 0, 8), [])
  })

  it("opens after five failures in a row, of whatever product, and not after four", () => {
    const four = fed(Array(4).fill(Failed))
    assert.isNull(four.openUntil)
    assert.lengthOf(passages(four, now, 8, 0), 1)
    const five = next(four, "verifyhuman", Failed, now)
    assert.strictEqual(five.openUntil, now + 30 * second)
    assert.lengthOf(passages(five, now + 30 * second - 1, 8, 0), 0)
  })

  it.each([Answered, Refused, throttled(now)])("does not count failures before %j", (result) => {
    const gate = fed([Failed, Failed, Failed, Failed, result, Failed, Failed, Failed, Failed])
    assert.isNull(gate.openUntil)
  })

  it("lets exactly one through when it is half open", () => {
    const later = now + 30 * second
    assert.deepStrictEqual(passages(broken, later, 8, 0), [{ products: all, limit: 1 }])
    assert.deepStrictEqual(passages(broken, later, 7, 1), [])
  })

  it.each([Answered, Refused, throttled(now)])("is closed by %j", (result) =>
    assert.deepInclude(next(broken, "verifyhuman", result, now + 30 * second), {
      openUntil: null,
      failures: 0
    })
  )

  it("opens again when the probe fails", () => {
    const again = next(broken, "verifyage", Failed, now + 40 * second)
    assert.deepStrictEqual(passages(again, now + 70 * second - 1, 8, 0), [])
    assert.deepStrictEqual(passages(again, now + 70 * second, 8, 0), [{ products: all, limit: 1 }])
  })
})

describe("a throttled poller", () => {
  it("asks for nothing until the time that the provider named", () => {
    const gate = fed([throttled(now + minute)])
    assert.deepStrictEqual(passages(gate, now + minute - 1, 8, 0), [])
    assert.deepStrictEqual(passages(gate, now + minute, 8, 0), [{ products: all, limit: 8 }])
  })

  it("is not let go earlier by a later word, nor by an answer that was under way", () => {
    const gate = fed([throttled(now + minute), throttled(now + second), Answered])
    assert.deepStrictEqual(passages(gate, now + minute - 1, 8, 0), [])
  })
})

describe("a refused product", () => {
  const refused = fed([Refused])

  it("is not asked for, and all others are", () =>
    assert.deepStrictEqual(passages(refused, now + 5 * minute - 1, 8, 0), [{ products: others, limit: 8 }]))

  it("is probed by one after five minutes, ahead of a crowd that would take all the room", () =>
    assert.deepStrictEqual(passages(refused, now + 5 * minute, 8, 0), [
      { products: ["verifyage"], limit: 1 },
      { products: others, limit: 8 }
    ]))

  it("is probed once, and then after five minutes again", () => {
    const at = now + 5 * minute
    const gate = probed(refused, ["verifyage", "verifyhuman"], at)
    assert.deepStrictEqual([...gate.refused.keys()], ["verifyage"])
    assert.deepStrictEqual(passages(gate, at + 5 * minute - 1, 8, 0), [{ products: others, limit: 8 }])
    assert.lengthOf(passages(gate, at + 5 * minute, 8, 0), 2)
    const still = next(gate, "verifyage", Refused, at + second)
    assert.lengthOf(passages(still, at + 5 * minute, 8, 0), 1)
  })

  it("is let in again by an answer of its own, not by one of another", () => {
    assert.isTrue(next(refused, "verifyhuman", Answered, now).refused.has("verifyage"))
    assert.deepStrictEqual(next(refused, "verifyage", Answered, now), openGate)
  })

  it("can be what the half-open breaker lets through, so that neither holds the other for ever", () => {
    const gate = Array<PollResult>(5)
      .fill(Failed)
      .reduce((gate, result) => next(gate, "verifyage", result, now), refused)
    assert.deepStrictEqual(passages(gate, now + minute, 8, 0), [{ products: others, limit: 1 }])
    const [half] = passages(gate, now + 5 * minute, 8, 0)
    assert.strictEqual(half?.limit, 1)
    assert.sameMembers([...(half?.products ?? [])], all)
  })

  it("leaves nothing to ask for when all are refused", () => {
    const gate = all.reduce((gate, product) => next(gate, product, Refused, now), openGate)
    assert.deepStrictEqual(passages(gate, now + minute, 8, 0), [])
    assert.deepStrictEqual(
      passages(gate, now + 5 * minute, 8, 0),
      all.map((product) => ({ products: [product], limit: 1 }))
    )
  })
})

describe("whatever happened before", () => {
  const product = fc.constantFrom(...all)
  const result = fc.oneof(
    fc.constantFrom(Failed, Failed, Answered, Refused, { _tag: "Refused", why: "out_of_credits" } as const),
    fc.nat({ max: 10 * minute }).map((millis) => throttled(now + millis))
  )
  const step = fc.record({ product, result, millis: fc.nat({ max: 3 * minute }) })
  const run = (steps: ReadonlyArray<{ product: Product; result: PollResult; millis: number }>) => {
    let [gate, at]: [Gate, number] = [openGate, now]
    for (const { millis, product, result } of steps) {
      at += millis
      gate = next(gate, product, result, at)
    }
    return { gate, at }
  }
  const room = fc.integer({ min: 0, max: 8 })
  const steps = fc.array(step, { maxLength: 20 })

  it("no passage is wider than the room, and no product has two", () => {
    fc.assert(
      fc.property(
        steps,
        room,
        fc.nat({ max: 8 }),
        fc.nat({ max: 10 * minute }),
        (steps, room, out, later) => {
          const { at, gate } = run(steps)
          const open = passages(gate, at + later, room, out)
          for (const { limit, products } of open) {
            assert.isAtLeast(limit, 1)
            assert.isAtMost(limit, room)
            assert.isAbove(products.length, 0)
          }
          const products = open.flatMap((passage) => passage.products)
          assert.strictEqual(new Set(products).size, products.length)
        }
      )
    )
  })

  it("nothing passes while the breaker is open or the provider wants to be left alone", () => {
    fc.assert(
      fc.property(steps, room, fc.nat({ max: 10 * minute }), (steps, room, later) => {
        const { at, gate } = run(steps)
        const [when, until] = [at + later, Math.max(gate.pausedUntil, gate.openUntil ?? 0)]
        if (when < until) assert.deepStrictEqual(passages(gate, when, room, 0), [])
        else if (gate.openUntil !== null) assert.isAtMost(passages(gate, when, room, 0).length, 1)
        if (gate.openUntil !== null) assert.deepStrictEqual(passages(gate, when, room, 1), [])
      })
    )
  })

  it("every product passes again in five minutes of peace after the last pause", () => {
    fc.assert(
      fc.property(steps, (steps) => {
        const { at, gate } = run(steps)
        const peace = Math.max(at, gate.pausedUntil) + 5 * minute
        assert.sameMembers(
          passages(gate, peace, 8, 0).flatMap(({ products }) => products),
          all
        )
      })
    )
  })
})
