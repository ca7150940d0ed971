import { isDeepStrictEqual } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import { Either } from "effect"
import * as fc from "fast-check"
import type { Product } from "../../src/domain/Product.js"
import {
  fingerprintOf,
  planStart,
  requestHashOf,
  type StartCommand,
  type StartPlan
} from "../../src/sessions/StartPlan.js"
import { aCommand, aPolicy, type Policy } from "./policy.js"

const plan = (command: Partial<StartCommand> = {}, policy: Partial<Policy> = {}): StartPlan =>
  Either.getOrThrow(planStart(aPolicy(policy), aCommand(command)))

const refusedPaths = (command: Partial<StartCommand>, policy: Partial<Policy> = {}) =>
  Either.match(planStart(aPolicy(policy), aCommand(command)), {
    onLeft: ({ errors }) => errors.map(({ path }) => path),
    onRight: () => []
  })

describe("a plan", () => {
  it("of an empty request is the team's defaults", () => {
    assert.deepStrictEqual(
      plan(
        {},
        {
          redirectUrl: "myapp://verified",
          expiresInHours: 3,
          pageTitle: "title",
          successMessage: "good",
          failureMessage: "bad"
        }
      ),
      {
        product: "verifyidentity",
        model: "hosted",
        flowUrl: null,
        redirectUrl: "myapp://verified",
        failureRedirectUrl: "myapp://verified",
        expiresInHours: 3,
        pageTitle: "title",
        successMessage: "good",
        failureMessage: "bad",
        reference: null
      }
    )
  })

  it("is what was asked for, before the defaults", () => {
    const asked = {
      product: "verifyage",
      redirectUrl: "myapp://verified/yes",
      failureRedirectUrl: "https://app.example/done/no",
      expiresInHours: 72,
      pageTitle: "their title",
      successMessage: "their good",
      failureMessage: "their bad",
      reference: "customer 7"
    } as const
    assert.deepStrictEqual(
      plan(asked, {
        redirectUrl: "myapp://verified",
        pageTitle: "title",
        successMessage: "s",
        failureMessage: "f"
      }),
      { ...asked, model: "hosted", flowUrl: null }
    )
  })

  it("takes an empty text for a text", () => {
    assert.strictEqual(plan({ pageTitle: "" }, { pageTitle: "title" }).pageTitle, "")
  })

  it("has no redirect where nobody named one", () => {
    const { failureRedirectUrl, redirectUrl } = plan()
    assert.deepStrictEqual([redirectUrl, failureRedirectUrl], [null, null])
  })

  it("leads after a failure to where it leads after a pass, unless told otherwise", () => {
    const team = { redirectUrl: "myapp://verified" }
    const asked = { redirectUrl: "https://app.example/done" }
    assert.strictEqual(plan(asked, team).failureRedirectUrl, "https://app.example/done")
    const onlyFailure = plan({ failureRedirectUrl: "https://app.example/done" }, team)
    assert.strictEqual(onlyFailure.redirectUrl, "myapp://verified")
    assert.strictEqual(onlyFailure.failureRedirectUrl, "https://app.example/done")
  })

  it("keeps the team's own redirect whether or not a phone may ask for it", () => {
    assert.strictEqual(plan({}, { redirectUrl: "other://x", redirectAllowlist: [] }).redirectUrl, "other://x")
  })

  it("holds redirects as a browser reads them", () => {
    const { redirectUrl } = plan({ redirectUrl: "HTTPS://App.Example:443/x/../done" })
    assert.strictEqual(redirectUrl, "https://app.example/done")
  })
})

describe("products", () => {
  it.each<[Product | null, Partial<Policy>, boolean]>([
    [null, {}, true],
    ["verifyidentity", {}, true],
    ["verifyage", {}, true],
    ["verifyhuman", {}, false],
    ["verifycompliance", {}, false],
    ["verifyage", { products: ["verifyidentity"] }, false],
    ["verifyidentity", { products: [] }, true],
    [null, { products: ["verifyage"] }, true],
    ["verifyidentity", { products: ["verifyage"] }, true]
  ])("%s, where the policy is %j: %s", (product, policy, offered) =>
    assert.deepStrictEqual(refusedPaths({ product }, policy), offered ? [] : ["product"])
  )
})

describe("a Flow URL", () => {
  const flowUrl = "https://flow.example/{session_ref}"

  it("serves the default product", () => {
    for (const product of [null, "verifyidentity"] as const) {
      assert.deepInclude(plan({ product }, { flowUrl }), {
        model: "flow",
        flowUrl,
        product: "verifyidentity"
      })
    }
  })

  it("serves no other", () => {
    assert.deepInclude(plan({ product: "verifyage" }, { flowUrl }), {
      model: "hosted",
      flowUrl: null,
      product: "verifyage"
    })
  })
})

describe("what is refused", () => {
  it.each<[Partial<StartCommand>, ReadonlyArray<string>]>([
    [{ redirectUrl: "https://evil.example/" }, ["redirect_url"]],
    [{ redirectUrl: "" }, ["redirect_url"]],
    [{ failureRedirectUrl: "javascript:alert(1)" }, ["failure_redirect_url"]],
    [
      { product: "verifyhuman", redirectUrl: "myapp://other", failureRedirectUrl: "myapp://ok@evil" },
      ["product", "redirect_url", "failure_redirect_url"]
    ]
  ])("%j", (command, paths) => assert.deepStrictEqual(refusedPaths(command), paths))

  it("is named, never quoted", () => {
    const refused = planStart(
      aPolicy(),
      aCommand({
        product: "verifyhuman",
        redirectUrl: "https://evil.example/secret",
        failureRedirectUrl: "x:y"
      })
    )
    assert.isTrue(Either.isLeft(refused))
    const text = JSON.stringify(refused)
    for (const value of ["verifyhuman", "evil", "secret", "x:y"]) assert.notInclude(text, value)
  })
})

const text = fc.option(fc.fullUnicodeString({ maxLength: 5 }), { nil: null })
const product = fc.constantFrom<Product>("verifyhuman", "verifyage", "verifyidentity", "verifycompliance")

describe("fingerprints", () => {
  const aPlan: fc.Arbitrary<StartPlan> = fc.record({
    product,
    model: fc.constantFrom("hosted" as const, "flow" as const),
    flowUrl: text,
    redirectUrl: text,
    failureRedirectUrl: text,
    expiresInHours: fc.integer({ min: 1, max: 72 }),
    pageTitle: text,
    successMessage: text,
    failureMessage: text,
    reference: text
  })

  it("of equal plans are equal, in whatever order their fields were set", () => {
    fc.assert(
      fc.property(aPlan, (one) => {
        const other = Object.fromEntries(Object.entries(one).reverse()) as unknown as StartPlan
        assert.strictEqual(fingerprintOf(other), fingerprintOf({ ...one }))
        assert.match(fingerprintOf(one), /^[A-Za-z0-9_-]{43}$/)
      })
    )
  })

  it("of different plans differ", () => {
    fc.assert(
      fc.property(aPlan, aPlan, (one, other) => {
        assert.strictEqual(fingerprintOf(one) === fingerprintOf(other), isDeepStrictEqual(one, other))
      }),
      { numRuns: 500 }
    )
  })

  const other: { readonly [Field in keyof StartPlan]: StartPlan[Field] } = {
    product: "verifyage",
    model: "flow",
    flowUrl: "https://flow.example/",
    redirectUrl: "myapp://verified",
    failureRedirectUrl: "myapp://verified",
    expiresInHours: 2,
    pageTitle: "",
    successMessage: "",
    failureMessage: "",
    reference: ""
  }

  it.each(Object.entries(other))("differ in %s alone", (field, value) => {
    const one = plan()
    assert.notStrictEqual(fingerprintOf({ ...one, [field]: value }), fingerprintOf(one))
  })

  it("do not take one field for another", () => {
    const one = plan()
    const texts = [
      "redirectUrl",
      "failureRedirectUrl",
      "pageTitle",
      "successMessage",
      "failureMessage",
      "reference"
    ]
    const all = texts.map((field) => fingerprintOf({ ...one, [field]: "x" }))
    assert.strictEqual(new Set(all).size, texts.length)
  })

  it("tell texts apart that no encoding can, by the surrogates they hold", () => {
    const one = plan()
    const prints = ["\ud800", "\udfff", "\ufffd", "\\ud800"].map((reference) =>
      fingerprintOf({ ...one, reference })
    )
    assert.strictEqual(new Set(prints).size, prints.length)
  })

  it("do not depend on how a request came by its values", () => {
    const team = { redirectUrl: "myapp://verified", pageTitle: "title" }
    assert.strictEqual(
      fingerprintOf(plan({ redirectUrl: "MYAPP://verified", pageTitle: "title", expiresInHours: 1 }, team)),
      fingerprintOf(plan({}, team))
    )
  })
})

describe("hashes of requests", () => {
  const command: fc.Arbitrary<StartCommand> = fc.record({
    product: fc.option(product, { nil: null }),
    redirectUrl: text,
    failureRedirectUrl: text,
    restart: fc.boolean(),
    expiresInHours: fc.option(fc.integer({ min: 1, max: 72 }), { nil: null }),
    pageTitle: text,
    successMessage: text,
    failureMessage: text,
    reference: text
  })

  it("of equal requests are equal, in whatever order their fields were set", () => {
    fc.assert(
      fc.property(command, (one) => {
        const other = Object.fromEntries(Object.entries(one).reverse()) as unknown as StartCommand
        assert.strictEqual(requestHashOf(other), requestHashOf({ ...one }))
      })
    )
  })

  it("of different requests differ", () => {
    fc.assert(
      fc.property(command, command, (one, other) => {
        assert.strictEqual(requestHashOf(one) === requestHashOf(other), isDeepStrictEqual(one, other))
      }),
      { numRuns: 500 }
    )
  })

  const other: StartCommand = {
    product: "verifyidentity",
    redirectUrl: "myapp://verified",
    failureRedirectUrl: "myapp://verified",
    restart: true,
    expiresInHours: 1,
    pageTitle: "",
    successMessage: "",
    failureMessage: "",
    reference: ""
  }

  it.each(Object.entries(other))("differ in %s alone, a default named included", (field, value) => {
    assert.notStrictEqual(requestHashOf({ ...aCommand(), [field]: value }), requestHashOf(aCommand()))
  })
})
