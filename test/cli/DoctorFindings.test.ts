import { assert, describe, it } from "@effect/vitest"
import { clockFinding } from "../../src/cli/doctor/ClockCheck.js"
import { matchingFinding, overviewFindings } from "../../src/cli/doctor/ServiceCheck.js"

const event = (state: "applied" | "unmatched" | "ignored") => ({
  id: "ev_a",
  event_id: null,
  source: "webhook" as const,
  state,
  why: null,
  type: null,
  environment: null,
  product: null,
  outcome: null,
  provider_status: null,
  provider_time: null,
  received_at: "2026-05-17T10:30:00.000Z",
  copies: 1,
  signature_scheme: null,
  secret: null,
  session_ref: null
})

const many = (count: number, state: "applied" | "unmatched" | "ignored") =>
  Array.from({ length: count }, () => event(state))

describe("the matching of events", () => {
  it.each([
    { events: [], expired: 0, result: "skipped" },
    { events: [], expired: 2, result: "warning" },
    { events: many(3, "ignored"), expired: 2, result: "skipped" },
    { events: many(3, "applied"), expired: 2, result: "ok" },
    { events: many(2, "unmatched"), expired: 0, result: "warning" },
    { events: many(3, "unmatched"), expired: 0, result: "failed" },
    { events: [...many(3, "unmatched"), event("applied")], expired: 0, result: "warning" }
  ])("of $events.length, with $expired expired, is $result", ({ events, expired, result }) =>
    assert.strictEqual(matchingFinding(events, expired).result, result)
  )
})

describe("the overview", () => {
  const overview = {
    rejected_deliveries: 0,
    pending_actions: 0,
    dead_actions: 0,
    failures: [],
    poller: { breaker: "closed" as const, refused: [] }
  }
  const results = (changes: Partial<Parameters<typeof overviewFindings>[0]>) =>
    overviewFindings({ ...overview, ...changes }).map(({ result }) => result)

  it("is judged part by part", () => {
    assert.deepStrictEqual(results({}), ["ok", "ok", "ok", "ok"])
    assert.deepStrictEqual(results({ dead_actions: 1 }), ["ok", "warning", "ok", "ok"])
    assert.deepStrictEqual(results({ rejected_deliveries: 1 }), ["ok", "ok", "warning", "ok"])
    const failure = {
      code: "provider_out_of_credits",
      title: "No verification credits remain",
      advice: "buy credits",
      count: 3,
      last_at: "2026-05-17T10:30:00.000Z"
    }
    assert.deepStrictEqual(results({ failures: [failure, { ...failure, code: "storage_unavailable" }] }), [
      "warning",
      "warning",
      "ok",
      "ok",
      "ok"
    ])
    assert.deepStrictEqual(
      results({
        poller: {
          breaker: "half_open",
          refused: [{ product: "verifyage", why: "key_not_accepted", probe_at: "2026-05-17T10:30:00.000Z" }]
        }
      }),
      ["ok", "ok", "ok", "warning", "failed"]
    )
  })
})

describe("the clock", () => {
  const result = (aheadSeconds: number) =>
    clockFinding([{ who: "the provider", seen: { status: 200, json: null, aheadSeconds } }]).result

  it("may be off by 30 seconds, and by 300 with a warning, either way", () => {
    assert.deepStrictEqual([0, 30, -30].map(result), ["ok", "ok", "ok"])
    assert.deepStrictEqual([31, -300].map(result), ["warning", "warning"])
    assert.deepStrictEqual([301, -301].map(result), ["failed", "failed"])
  })

  it("is compared with whoever has one", () => {
    const silent = { who: "the provider", seen: null }
    const service = { who: "the service", seen: { status: 200, json: null, aheadSeconds: 500 } }
    assert.include(clockFinding([silent, service]).message, "the service")
    const right = { who: "the provider", seen: { status: 200, json: null, aheadSeconds: 0 } }
    assert.include(clockFinding([right, service]).message, "500 s ahead of that of the service")
    assert.strictEqual(clockFinding([silent]).result, "skipped")
  })
})
