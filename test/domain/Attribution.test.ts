import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { type Attribution, attribute, type Matches } from "../../src/domain/Attribution.js"
import { aReservation, aSession } from "../suites/fixtures.js"

const mine = aSession(aReservation())
const others = aSession(aReservation())

const event = {
  type: "verification.completed",
  environment: "test",
  eventEnvironment: "test",
  product: "verifyidentity"
} as const

type Event = Parameters<typeof attribute>[0]
type Kept = Extract<Attribution, { readonly _tag: "Kept" }>

const of = (...sessions: Matches["sessions"]): Matches => ({ sessions, shared: false })

describe("Attribution", () => {
  it("counts for the one session that is identified", () => {
    assert.deepStrictEqual(attribute(event, of(mine)), { _tag: "Counts", session: mine })
  })

  it.each<[string, Partial<Event>, Matches, Kept["state"], Kept["why"], string | null]>([
    ["no session", {}, of(), "unmatched", "no_match", null],
    ["two sessions", {}, of(mine, others), "unmatched", "ambiguous", null],
    ["an identifier of several", {}, { sessions: [], shared: true }, "unmatched", "ambiguous", null],
    ["the dashboard's button", { type: "test.ping" }, of(mine), "ignored", "ping", null],
    ["another type", { type: "verification.started" }, of(mine), "ignored", "unknown_type", mine.sessionRef],
    ["the type in another case", { type: "Verification.Completed" }, of(), "ignored", "unknown_type", null],
    ["no type", { type: null }, of(mine), "ignored", "unknown_type", mine.sessionRef],
    ["live here", { eventEnvironment: "live" }, of(mine), "ignored", "wrong_environment", mine.sessionRef],
    ["no environment", { eventEnvironment: null }, of(mine), "ignored", "wrong_environment", mine.sessionRef],
    ["test in live", { environment: "live" }, of(mine), "ignored", "wrong_environment", mine.sessionRef],
    ["another product", { product: "verifyhuman" }, of(mine), "ignored", "wrong_product", mine.sessionRef],
    ["no product", { product: null }, of(mine), "ignored", "wrong_product", mine.sessionRef]
  ])("keeps an event with %s", (_, overrides, matches, state, why, sessionRef) => {
    assert.deepStrictEqual(attribute({ ...event, ...overrides }, matches), {
      _tag: "Kept",
      state,
      why,
      sessionRef
    })
  })

  it("counts only with the type, environment, product and single session that are needed", () => {
    const text = fc.constantFrom(
      "verification.completed",
      "test.ping",
      "test",
      "live",
      "verifyidentity",
      "",
      null
    )
    fc.assert(
      fc.property(
        fc.record({ type: text, eventEnvironment: text, product: text }),
        fc.constantFrom<"test" | "live">("test", "live"),
        fc.subarray([mine, others]),
        fc.boolean(),
        (fields, environment, sessions, shared) => {
          const counts =
            fields.type === "verification.completed" &&
            fields.eventEnvironment === environment &&
            fields.product === "verifyidentity" &&
            sessions.length === 1
          const attribution = attribute({ ...fields, environment }, { sessions, shared })
          assert.strictEqual(attribution._tag, counts ? "Counts" : "Kept")
        }
      ),
      { numRuns: 1000 }
    )
  })
})
