import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import type { Outcome } from "../../src/domain/Outcome.js"
import { parseProviderTime } from "../../src/domain/ProviderTime.js"
import {
  awaiting,
  type Evidence,
  expired,
  rule,
  type Standing,
  sameVerdict,
  unconfirmable,
  type Verdict
} from "../../src/domain/Verdict.js"

const evidence = (key: string, outcome: Outcome, created: string | null, countedAt = 0): Evidence => ({
  key,
  outcome,
  providerTime: parseProviderTime(created),
  countedAt
})

const hosted: Standing = { confirmable: true, expiredAt: null }
const shared: Standing = { confirmable: false, expiredAt: null }

const pass: Verdict = { status: "pass", reason: null }
const declined: Verdict = { status: "fail", reason: "declined" }
const providerError: Verdict = { status: "fail", reason: "provider_error" }
const inReview: Verdict = { status: "pending", reason: "in_review" }

const outcome = fc.constantFrom<Outcome>("pass", "review", "declined", "provider_error")

/** Few times, so that ties are common; one instant is written in two ways. */
const created = fc.constantFrom(
  null,
  "unreadable",
  "2026-05-17T10:30:00Z",
  "2026-05-17T12:30:00.000+02:00",
  "2026-05-17T10:30:00.000001Z",
  "2026-05-17T10:30:00.000002Z",
  "2026-05-17T10:31:00Z"
)

const evidenceSet = fc.uniqueArray(
  fc
    .tuple(fc.string({ minLength: 1 }), outcome, created, fc.nat({ max: 4 }))
    .map((fields) => evidence(...fields)),
  { selector: ({ key }) => key, maxLength: 8 }
)

const shuffledWithCopies = (events: ReadonlyArray<Evidence>) =>
  (events.length === 0 ? fc.constant([]) : fc.array(fc.constantFrom(...events))).chain((copies) => {
    const all = [...events, ...copies]
    return fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length })
  })

/** The contract's words (section 5), one after the other. */
const expected = (events: ReadonlyArray<Evidence>, { confirmable, expiredAt }: Standing): Verdict => {
  const deciding = events.filter((event) => event.outcome !== "review")
  if (deciding.length === 0) {
    if (events.some(({ countedAt }) => expiredAt === null || countedAt > expiredAt)) return inReview
    return expiredAt !== null ? expired : confirmable ? awaiting : unconfirmable
  }
  const dated = deciding.flatMap(({ providerTime }) => providerTime ?? [])
  const latest = dated.sort().at(-1) ?? null
  const last = deciding.filter(({ providerTime }) => providerTime === latest).map((event) => event.outcome)
  return last.includes("declined") ? declined : last.includes("provider_error") ? providerError : pass
}

const standing = fc.record({
  confirmable: fc.boolean(),
  expiredAt: fc.option(fc.nat({ max: 4 }))
})

describe("Verdict", () => {
  it("is a function of the set of events: order and copies change neither it nor who decided", () => {
    fc.assert(
      fc.property(
        evidenceSet.chain((events) => fc.tuple(fc.constant(events), shuffledWithCopies(events))),
        standing,
        ([events, delivered], given) => assert.deepStrictEqual(rule(delivered, given), rule(events, given))
      ),
      { numRuns: 500 }
    )
  })

  it("is what the contract says of the set", () => {
    fc.assert(
      fc.property(evidenceSet, standing, (events, given) =>
        assert.deepStrictEqual(rule(events, given).verdict, expected(events, given))
      ),
      { numRuns: 500 }
    )
  })

  it("can be folded event by event: who decided so far stands for all before", () => {
    fc.assert(
      fc.property(evidenceSet, evidenceSet, standing, (before, after, given) => {
        const { decidedBy } = rule(before, given)
        const folded = rule([...(decidedBy === null ? [] : [decidedBy]), ...after], given)
        assert.deepStrictEqual(folded.verdict, rule([...before, ...after], given).verdict)
      })
    )
  })

  it.each<[string, ReadonlyArray<Evidence>, Verdict, string | null]>([
    ["nothing", [], awaiting, null],
    ["a pass", [evidence("a", "pass", "2026-05-17T10:30:00Z")], pass, "a"],
    ["an error", [evidence("a", "provider_error", "2026-05-17T10:30:00Z")], providerError, "a"],
    [
      "a pass one microsecond after a fail",
      [
        evidence("b", "declined", "2026-05-17T10:30:00.000001Z"),
        evidence("a", "pass", "2026-05-17T10:30:00.000002Z")
      ],
      pass,
      "a"
    ],
    [
      "a fail one microsecond after a pass",
      [
        evidence("a", "declined", "2026-05-17T10:30:00.000002Z"),
        evidence("b", "pass", "2026-05-17T10:30:00.000001Z")
      ],
      declined,
      "a"
    ],
    [
      "a pass and a fail at one instant, written in two zones",
      [
        evidence("z", "pass", "2026-05-17T10:30:00Z"),
        evidence("a", "declined", "2026-05-17T12:30:00.000000+02:00")
      ],
      declined,
      "a"
    ],
    [
      "a pass and an error at one instant",
      [
        evidence("z", "pass", "2026-05-17T10:30:00Z"),
        evidence("a", "provider_error", "2026-05-17T10:30:00Z")
      ],
      providerError,
      "a"
    ],
    [
      "an undated fail and an old pass",
      [evidence("z", "declined", null), evidence("a", "pass", "1999-01-01T00:00:00Z")],
      pass,
      "a"
    ],
    [
      "a fail with an unreadable time and an old pass",
      [evidence("z", "declined", "2026-02-30T00:00:00Z"), evidence("a", "pass", "1999-01-01T00:00:00Z")],
      pass,
      "a"
    ],
    [
      "an undated pass and fail",
      [evidence("z", "pass", null), evidence("a", "declined", null)],
      declined,
      "a"
    ],
    [
      "a review after a pass",
      [evidence("a", "pass", "2026-05-17T10:30:00Z"), evidence("z", "review", "2026-05-17T10:31:00Z")],
      pass,
      "a"
    ],
    [
      "a dated review and an undated fail",
      [evidence("z", "review", "2026-05-17T10:31:00Z"), evidence("a", "declined", null)],
      declined,
      "a"
    ],
    [
      "reviews alone",
      [evidence("a", "review", "2026-05-17T10:30:00Z"), evidence("b", "review", "2026-05-17T10:31:00Z")],
      inReview,
      "b"
    ],
    [
      "two passes at one instant",
      [evidence("b", "pass", "2026-05-17T10:30:00Z"), evidence("a", "pass", "2026-05-17T10:30:00Z")],
      pass,
      "b"
    ]
  ])("of %s", (_, events, verdict, decidedBy) => {
    for (const given of [events, [...events].reverse()]) {
      const ruling = rule(given, hosted)
      assert.deepStrictEqual(ruling.verdict, verdict)
      assert.strictEqual(ruling.decidedBy?.key ?? null, decidedBy)
    }
  })

  it("is the session's first one as long as no event counts", () => {
    assert.deepStrictEqual(rule([], shared), { verdict: unconfirmable, decidedBy: null })
  })

  it("is expired in spite of earlier reviews, until a later one or any decision", () => {
    const gone = { ...hosted, expiredAt: 10 }
    const review = (countedAt: number) => evidence(`r${countedAt}`, "review", null, countedAt)
    assert.deepStrictEqual(rule([], gone), { verdict: expired, decidedBy: null })
    assert.deepStrictEqual(rule([review(9), review(10)], gone), { verdict: expired, decidedBy: null })
    assert.deepStrictEqual(rule([review(9), review(11)], gone).verdict, inReview)
    assert.deepStrictEqual(rule([evidence("p", "pass", null, 9)], gone).verdict, pass)
  })

  it("is the same exactly when status and reason are", () => {
    const all = [awaiting, expired, unconfirmable, inReview, pass, declined, providerError]
    for (const a of all) for (const b of all) assert.strictEqual(sameVerdict(a, { ...b }), a === b)
  })
})
