import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { type MobileAnswer, type MobileQuestion, readMobileAnswer } from "../../src/domain/MobileAnswer.js"
import { type Outcome, outcomeTable } from "../../src/domain/Outcome.js"
import { Product } from "../../src/domain/Product.js"

const outcomes = outcomeTable(new Map([["clear", "pass"]]))
const question: MobileQuestion = {
  product: "verifyage",
  providerSessionId: "msess_test_1",
  environment: "test"
}
const good = {
  success: true,
  session_id: "msess_test_1",
  verification_id: "ver_1",
  product: "verifyage",
  outcome: "PASS",
  next_step: null,
  data: {},
  meta: { environment: "test", step: "done" }
}
const read = (answer: unknown, asked = question) => readMobileAnswer(answer, asked, outcomes)
const told = { _tag: "Told", outcome: "pass", providerStatus: "PASS", verificationId: "ver_1" }
const unusable = (why: string) => ({ _tag: "Unusable", why })

describe("an answer of a status endpoint", () => {
  it("tells an outcome, and what it was called", () => assert.deepStrictEqual<unknown>(read(good), told))

  it.each<[string, Outcome]>([
    ["PASS", "pass"],
    ["pass", "pass"],
    ["clear", "pass"],
    ["FAIL", "declined"],
    ["whatever", "declined"],
    ["", "declined"],
    ["PENDING", "review"],
    ["high_risk_review", "review"],
    ["ERROR", "provider_error"],
    ["throttled", "provider_error"]
  ])("%j is read by the outcome table: %s", (outcome, expected) =>
    assert.deepInclude(read({ ...good, outcome }), {
      _tag: "Told",
      outcome: expected,
      providerStatus: outcome
    })
  )

  it("tells nothing yet while its outcome is null", () =>
    assert.deepStrictEqual<unknown>(read({ ...good, outcome: null }), { _tag: "NotYet" }))

  it.each<[string, object]>([
    ["its product", { product: undefined }],
    ["a null product", { product: null }],
    ["its meta", { meta: undefined }],
    ["a null environment", { meta: { environment: null } }],
    ["its environment", { meta: {} }]
  ])("need not give %s", (_, fields) => assert.deepStrictEqual<unknown>(read({ ...good, ...fields }), told))

  it.each<[object, string | null]>([
    [{ verification_id: null }, null],
    [{ verification_id: undefined }, null],
    [{ verification_id: "" }, null],
    [{ verification_id: 7 }, null],
    [{ verification_id: "ver_2" }, "ver_2"]
  ])("%j: its verification_id is %j", (fields, verificationId) =>
    assert.deepStrictEqual<unknown>(read({ ...good, ...fields }), { ...told, verificationId })
  )

  it.each<[object, string]>([
    [{ success: false }, "not_successful"],
    [{ success: "true" }, "not_successful"],
    [{ success: 1 }, "not_successful"],
    [{ success: undefined }, "not_successful"],
    [{ session_id: "msess_test_2" }, "other_session"],
    [{ session_id: "MSESS_TEST_1" }, "other_session"],
    [{ session_id: undefined, verification_id: "msess_test_1" }, "other_session"],
    [{ session_id: ["msess_test_1"] }, "other_session"],
    [{ product: "verifyhuman" }, "other_product"],
    [{ product: 7 }, "other_product"],
    [{ product: "" }, "other_product"],
    [{ meta: { environment: "live" } }, "other_environment"],
    [{ meta: { environment: ["test"] } }, "other_environment"],
    [{ environment: "live" }, "other_environment"],
    [{ outcome: undefined }, "no_outcome"],
    [{ outcome: true }, "no_outcome"],
    [{ outcome: ["PASS"] }, "no_outcome"],
    [{ outcome: { status: "PASS" } }, "no_outcome"]
  ])("%j is no event: %s", (fields, why) =>
    assert.deepStrictEqual<unknown>(read({ ...good, ...fields }), unusable(why))
  )

  it.each([null, undefined, true, "PASS", 7, [], [good]])("%j is none at all", (answer) =>
    assert.deepStrictEqual<unknown>(read(answer), unusable("not_successful"))
  )

  it.each(Product.literals)("of %s repeats the id that was asked for", (product) => {
    const [asked, other] =
      product === "verifyhuman" ? ["verification_id", "session_id"] : ["session_id", "verification_id"]
    const answer = { ...good, product, [asked ?? ""]: "id_1", [other ?? ""]: "id_2" }
    assert.strictEqual(read(answer, { ...question, product, providerSessionId: "id_1" })._tag, "Told")
    assert.deepStrictEqual<unknown>(
      read(answer, { ...question, product, providerSessionId: "id_2" }),
      unusable("other_session")
    )
  })

  const meetsTheRules = (answer: typeof good, asked: MobileQuestion) =>
    answer.success === true &&
    (asked.product === "verifyhuman" ? answer.verification_id : answer.session_id) ===
      asked.providerSessionId &&
    (answer.product ?? asked.product) === asked.product &&
    (answer.meta?.environment ?? asked.environment) === asked.environment &&
    typeof answer.outcome === "string"

  it("never tells anything unless it meets every rule, whatever it is", () => {
    const oneOf = (...values: ReadonlyArray<unknown>) => fc.oneof(fc.constantFrom(...values), fc.jsonValue())
    const nearly = fc.record(
      {
        success: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.jsonValue()),
        session_id: oneOf("id_1", "id_1", "id_2"),
        verification_id: oneOf("id_1", "id_1", "id_2"),
        product: oneOf("verifyage", "verifyhuman", null),
        outcome: oneOf("PASS", "FAIL", null),
        meta: fc.oneof(fc.record({ environment: oneOf("test", "test", "live", null) }), fc.constant({}))
      },
      { requiredKeys: [] }
    )
    const asked = fc
      .constantFrom<Product>("verifyage", "verifyhuman")
      .map((product) => ({ ...question, product, providerSessionId: "id_1" }))
    const seen = new Set<MobileAnswer["_tag"]>()
    fc.assert(
      fc.property(nearly, asked, (answer, asked) => {
        const { _tag } = read(answer, asked)
        seen.add(_tag)
        assert.strictEqual(_tag === "Told", meetsTheRules(answer as never, asked))
      }),
      { numRuns: 2000 }
    )
    assert.sameMembers([...seen], ["Told", "NotYet", "Unusable"])
    fc.assert(fc.property(fc.anything(), (answer) => assert.notStrictEqual(read(answer)._tag, "Told")))
  })
})
