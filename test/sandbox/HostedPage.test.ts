import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { type Answer, aSandbox, assertRefused, redirects } from "./harness.js"

/** What the page is told, as its script reads it. */
const stateOf = ({ text }: Answer) =>
  JSON.parse(/<script type="application\/json"[^>]*>(.*?)<\/script>/s.exec(text)?.[1] ?? "null")

describe("the hosted page", () => {
  it.scopedLive("shows what was asked for, and lets the behaviour be changed", () =>
    Effect.gen(function* () {
      const { aToken, ask } = yield* aSandbox()
      const texts = { page_title: "Prove it", success_message: "Well done", failure_message: "Pity" }
      const token = yield* aToken("late=2,flat", { product: "verifyhuman", ...texts })
      const page = yield* ask(`/hosted/v/${token}`)
      assert.strictEqual(page.status, 200)
      assert.strictEqual(page.headers.get("content-type"), "text/html; charset=utf-8")
      assert.strictEqual(page.headers.get("cache-control"), "no-store")
      const state = stateOf(page)
      assert.deepInclude(state, { token, product: "verifyhuman", ...texts })
      assert.deepInclude(state.chosen, { late: 2, duplicate: 1, quirks: ["flat"] })
      assert.includeMembers(Object.keys(state.quirks), ["reorder", "lost", "wrong-secret", "no-reference"])
      assert.includeMembers(state.faults, ["402", "429", "500", "hang", "cut"])
    })
  )

  it.scopedLive("runs nothing that comes from outside", () =>
    Effect.gen(function* () {
      const { aToken, ask } = yield* aSandbox()
      const page_title = '</script><script>alert("$&")</script><!--'
      const page = yield* ask(`/hosted/v/${yield* aToken("", { page_title })}`)
      assert.strictEqual(stateOf(page).page_title, page_title)
      assert.notInclude(page.text, "<script>")
      assert.notInclude(page.text, "{{")
      const policy = page.headers.get("content-security-policy") ?? ""
      assert.match(policy, /default-src 'none'; style-src 'nonce-[^']+'; script-src 'nonce-[^']+';/)
      assert.notInclude(policy, "unsafe")
    })
  )

  it.scopedLive("is gone when its link is unknown, used or expired", () =>
    Effect.gen(function* () {
      const { aToken, ask, complete } = yield* aSandbox()
      const used = yield* aToken()
      yield* complete(used)
      for (const [token, status, gone] of [
        ["of-nobody", 404, "unknown"],
        [used, 410, "used"],
        [yield* aToken("expires=0"), 410, "expired"]
      ] as const) {
        const page = yield* ask(`/hosted/v/${token}`)
        assert.strictEqual(page.status, status)
        assert.deepStrictEqual(stateOf(page), { gone })
      }
    })
  )

  it.scopedLive("looking at it does not use it", () =>
    Effect.gen(function* () {
      const { aToken, ask, complete } = yield* aSandbox()
      const token = yield* aToken()
      for (const method of ["GET", "HEAD", "GET"]) {
        assert.strictEqual((yield* ask(`/hosted/v/${token}`, { method })).status, 200)
      }
      assert.strictEqual((yield* complete(token)).status, 200)
    })
  )
})

describe("POST /hosted/complete", () => {
  it.scopedLive("says where to go: to redirect_url on a pass only", () =>
    Effect.gen(function* () {
      const { aToken, complete } = yield* aSandbox()
      const { failure_redirect_url, redirect_url } = redirects
      for (const [outcome, status, redirect] of [
        ["pass", "PASS", redirect_url],
        ["PASS", "PASS", redirect_url],
        ["fail", "FAIL", failure_redirect_url],
        ["refuse", "FAIL", failure_redirect_url],
        ["PENDING", "PENDING", failure_redirect_url],
        ["ERROR", "ERROR", failure_redirect_url],
        ["throttled", "throttled", failure_redirect_url],
        ["expired_document", "expired_document", failure_redirect_url]
      ] as const) {
        const { json } = yield* complete(yield* aToken(), { outcome })
        assert.deepStrictEqual(json, { status, redirect_url: redirect })
      }
    })
  )

  it.scopedLive("stays where it is when nobody said where to go", () =>
    Effect.gen(function* () {
      const { aToken, complete } = yield* aSandbox()
      const neither = yield* aToken("", {})
      assert.isNull((yield* complete(neither)).json.redirect_url)
      const onlyPass = yield* aToken("", { redirect_url: redirects.redirect_url })
      assert.isNull((yield* complete(onlyPass, { outcome: "fail" })).json.redirect_url)
    })
  )

  it.scopedLive("takes a token once, however many come at the same time", () =>
    Effect.gen(function* () {
      const { aToken, complete } = yield* aSandbox()
      const token = yield* aToken()
      const attempts = Array.from({ length: 5 }, () => complete(token))
      const statuses = (yield* Effect.all(attempts, { concurrency: "unbounded" })).map(({ status }) => status)
      assert.deepStrictEqual(statuses.sort(), [200, 410, 410, 410, 410])
      assertRefused(yield* complete(token), 410, "This link was used already")
      assertRefused(yield* complete("of-nobody"), 404, "This link is not known")
      assertRefused(yield* complete(yield* aToken("expires=0")), 410, "This link has expired")
    })
  )

  it.scopedLive("does not use the token for what it cannot read", () =>
    Effect.gen(function* () {
      const { aToken, complete } = yield* aSandbox()
      const token = yield* aToken()
      for (const body of ["", "pass", "{", "outcome=pass"]) {
        assertRefused(
          yield* complete(token, body),
          400,
          /expected a JSON object such as \{"outcome": "pass"\}/
        )
      }
      for (const body of [
        {},
        { outcome: "" },
        { outcome: 1 },
        { outcome: "p a s s" },
        { outcome: "x".repeat(65) },
        { outcome: "pass", behavior: "flat" },
        { outcome: "pass", behaviour: "nonsense" },
        { outcome: "pass", behaviour: 7 }
      ]) {
        assertRefused(yield* complete(token, body), 422, /expected/)
      }
      assertRefused(yield* complete(token, { outcome: "pass", behaviour: "x".repeat(17_000) }), 413)
      assert.strictEqual((yield* complete(token)).status, 200)
    })
  )

  it.scopedLive("fails on demand, and the token is still good", () =>
    Effect.gen(function* () {
      const { aToken, complete } = yield* aSandbox()
      const token = yield* aToken()
      assertRefused(yield* complete(token, { outcome: "pass", behaviour: "500" }), 500)
      const throttled = yield* complete(token, { outcome: "pass", behaviour: "429,flat" })
      assert.strictEqual(throttled.status, 429)
      const cut = yield* Effect.exit(complete(token, { outcome: "pass", behaviour: "cut" }))
      assert.strictEqual(cut._tag, "Failure")
      assert.strictEqual((yield* complete(token, { outcome: "pass", behaviour: "" })).status, 200)
    })
  )
})
