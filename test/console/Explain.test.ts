import { assert, describe, it } from "@effect/vitest"
import type { Moment, Overview, SessionTimeline } from "../../src/console/app/contract.js"
import { explain } from "../../src/console/app/explain.js"

const calm: Overview = {
  may_write: true,
  failures: [],
  unmatched_events: 0,
  expired_without_event: 0,
  rejected_deliveries: 0,
  pending_actions: 0,
  dead_actions: 0,
  poller: { breaker: "closed", refused: [] }
}

const at = "2026-05-17T10:30:00.000Z"

const session = (given: Partial<SessionTimeline>, ...timeline: ReadonlyArray<Moment>): SessionTimeline => ({
  session_ref: "vs_1",
  user_id: "ada",
  environment: "live",
  product: "verifyidentity",
  model: "hosted",
  reference: null,
  status: "pending",
  reason: "awaiting_result",
  provider_status: null,
  sequence: 0,
  open: true,
  created_at: at,
  updated_at: at,
  expires_at: at,
  expired_at: null,
  decided_at: null,
  timeline,
  ...given
})

const event = (state: string, why: string | null): Moment => ({
  at,
  kind: "event",
  id: "ev_1",
  summary: "",
  details: { id: "ev_1", state, why }
})

const action = (state: string, attempts = 8): Moment => ({
  at,
  kind: "action",
  id: "msg_1",
  summary: "",
  details: { state, attempts, next_attempt_at: state === "pending" ? at : null }
})

const links = (given: SessionTimeline, overview: Overview | null = calm) =>
  explain(given, overview).steps.flatMap(({ href }) => href ?? [])

describe("the user says he passed and the app says pending", () => {
  it("tells that nothing came, and that nothing waits elsewhere", () => {
    const { headline, steps, tone } = explain(session({}), calm)
    assert.strictEqual(headline, "VerifyHuman has told nothing about this session")
    assert.strictEqual(tone, "quiet")
    assert.match(steps[0]?.text ?? "", /the user has not finished/)
  })

  it("leads to rejected deliveries and unmatched events, where there are any", () => {
    assert.deepStrictEqual(links(session({}), { ...calm, rejected_deliveries: 2, unmatched_events: 1 }), [
      "#/rejected",
      "#/events?state=unmatched"
    ])
    assert.deepStrictEqual(links(session({}), null), [])
  })

  it.each([
    ["wrong_environment", /test event never decides a live session/],
    ["wrong_product", /another product/],
    ["stale", /older than five minutes/]
  ])("tells why an event does not count: %s", (why, text) => {
    const explained = explain(session({}, event("ignored", why)), calm)
    assert.strictEqual(explained.headline, "An event came, but it does not count")
    assert.match(explained.text, text)
    assert.strictEqual(explained.steps[0]?.href, "#/events/ev_1")
  })

  it("tells what the poller is refused, for a session that is polled", () => {
    const refused = [{ product: "verifyidentity", why: "out_of_credits", probe_at: at }] as const
    const overview: Overview = { ...calm, poller: { breaker: "closed", refused } }
    assert.match(explain(session({ model: "mobile" }), overview).steps[0]?.text ?? "", /out of credits/)
    assert.deepStrictEqual(links(session({ model: "hosted" }), overview), [])
  })

  it.each([
    ["in_review", "A person at VerifyHuman is looking at it"],
    ["unconfirmable", "No event can ever be matched to this session"]
  ] as const)("tells what %s means", (reason, headline) =>
    assert.strictEqual(explain(session({ reason }), calm).headline, headline)
  )
})

describe("a verdict that is there", () => {
  it.each([
    ["pass", null, "good", "The user passed"],
    ["fail", "declined", "bad", "VerifyHuman declined the user"],
    ["fail", "provider_error", "bad", "VerifyHuman failed to verify"],
    ["fail", "expired", "bad", "It expired without a result"]
  ] as const)("%s, %s", (status, reason, tone, headline) => {
    assert.deepInclude(explain(session({ status, reason }), calm), { tone, headline })
  })

  it.each([
    ["delivered", 1, /have been told/],
    ["dead", 8, /were not told/],
    ["pending", 0, /about to be told/],
    ["pending", 3, /not been told yet, after 3 attempts. The next is due/]
  ])("tells whether the team's own systems know: %s after %i", (state, attempts, text) => {
    const passed = session({ status: "pass", reason: null }, action(state, attempts))
    assert.match(explain(passed, calm).steps[0]?.text ?? "", text)
  })

  it("looks for the event of a session that expired without one", () => {
    const expired = session({ status: "fail", reason: "expired" })
    assert.deepStrictEqual(links(expired, { ...calm, unmatched_events: 1 }), ["#/events?state=unmatched"])
  })
})
