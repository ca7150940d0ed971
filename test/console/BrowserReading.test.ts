import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { attempted, delivered } from "../http/operators.js"
import { unique } from "../suites/fixtures.js"
import { openConsole } from "./console.js"
import { aRejectedDelivery, aSessionOf, inTheConsole } from "./scenario.js"

inTheConsole("what an operator reads", (scenario, it) => {
  scenario(
    "finds a session by its user, and tells its story",
    Effect.gen(function* () {
      const session = yield* aSessionOf("ada")
      const verificationId = unique("ver_")
      yield* delivered({ token: session.token, verificationId, status: "PENDING" })
      yield* attempted(session.sessionRef, "delivered", ["delivered"])
      yield* Effect.sleep("5 millis")
      yield* delivered({ verificationId, status: "PASS" })
      yield* attempted(session.sessionRef, "dead", ["failed", "failed"])
      return { ...session, verificationId }
    }),
    async ({ heading, page, seen }, { sessionRef, verificationId }) => {
      await page.keyboard.press("/")
      await page.keyboard.type("ada")
      await page.keyboard.press("Enter")
      await page.getByRole("link", { name: new RegExp(sessionRef) }).focus()
      await page.keyboard.press("Enter")
      await heading(/^ada pass/)
      await heading("The user passed")
      await seen(/were not told/)
      const timeline = page.getByRole("region", { name: "Timeline" })
      assert.deepStrictEqual(await timeline.getByRole("heading", { level: 3 }).allTextContents(), [
        "Started",
        "VerifyHuman made its page",
        "Webhook PENDING superseded",
        "Verdict pending →becomes pending in review",
        "Action verification.in_review delivered",
        "Attempt 1 verification.in_review delivered",
        "Webhook PASS applied",
        "Verdict pending →becomes pass",
        "Action verification.passed dead",
        "Attempt 1 verification.passed failed",
        "Attempt 2 verification.passed failed"
      ])
      await timeline.getByText("signed over body with secret 1").first().waitFor()
      assert.strictEqual(await timeline.getByText("not now").count(), 3)
      await timeline
        .getByRole("button", { name: /the event of/ })
        .last()
        .click()
      assert.match(await page.evaluate<string>("document.activeElement.textContent"), /Webhook PASS/)
      await page.getByLabel("Find a session").fill(verificationId)
      await page.keyboard.press("Enter")
      await page.getByRole("link", { name: new RegExp(sessionRef) }).waitFor()
      await page.getByLabel("Find a session").fill(sessionRef)
      await page.keyboard.press("Enter")
      await heading(/^ada pass/)
    }
  )

  scenario("tells what would have matched a rejected delivery", aRejectedDelivery, async ({ page, seen }) => {
    await page
      .getByRole("link", { name: /^Rejected/ })
      .first()
      .click()
    await seen(/secret 1 without its whsec_ prefix, over the body as received, with scheme body, would match/)
    await seen("wrong signature")
    await seen(/VERIFYHUMAN_WEBHOOK_SECRETS/)
  })

  const begins = aSessionOf("late-comer")

  it.scoped(
    "shows what is new by itself, and takes nothing from who is typing",
    () =>
      Effect.gen(function* () {
        yield* aSessionOf("early-bird")
        const { complaints, page } = yield* openConsole({ at: "#/sessions" })
        yield* Effect.promise(async () => {
          await page.getByRole("link", { name: /early-bird/ }).waitFor()
          await page.keyboard.press("/")
          await page.keyboard.type("half a na")
        })
        yield* begins
        yield* Effect.promise(async () => {
          await page.getByRole("link", { name: /late-comer/ }).waitFor()
          await page.keyboard.type("me")
          assert.strictEqual(await page.getByLabel("Find a session").inputValue(), "half a name")
        })
        assert.deepStrictEqual(complaints, [])
      }),
    60_000
  )

  it.scoped(
    "loads more below, and keeps that when something new comes on top",
    () =>
      Effect.gen(function* () {
        const users = Array.from({ length: 60 }, (_, index) => `crowd-${index}`)
        yield* Effect.forEach(users, aSessionOf, { concurrency: 8 })
        const { complaints, page } = yield* openConsole({ at: "#/sessions" })
        const shown = page.getByRole("list", { name: "Sessions" }).getByRole("listitem")
        yield* Effect.promise(async () => {
          await shown.nth(49).waitFor()
          assert.strictEqual(await shown.count(), 50)
          await page.getByRole("button", { name: "Load more" }).click()
          await shown.nth(59).waitFor()
        })
        const before = yield* Effect.promise(() => shown.count())
        yield* aSessionOf("on-top")
        yield* Effect.promise(async () => {
          await page.getByRole("link", { name: /on-top/ }).waitFor()
          assert.strictEqual(await shown.count(), before + 1)
        })
        assert.deepStrictEqual(complaints, [])
      }),
    60_000
  )

  scenario(
    "narrows sessions down, and keeps that over a reload",
    Effect.gen(function* () {
      const { token } = yield* aSessionOf("passing")
      yield* delivered({ token })
      yield* aSessionOf("tarrying")
    }),
    async ({ open, page }) => {
      await open("#/sessions")
      await page.getByRole("link", { name: /tarrying/ }).waitFor()
      await page.getByLabel("Status").selectOption("pass")
      await page.getByRole("link", { name: /tarrying/ }).waitFor({ state: "hidden" })
      await page.reload()
      await page.getByRole("link", { name: /passing/ }).waitFor()
      assert.strictEqual(await page.getByLabel("Status").inputValue(), "pass")
    }
  )

  scenario("draws the last two hours", Effect.void, async ({ heading, page }) => {
    const trends = Array.from({ length: 60 }, (_, index) => ({
      at: new Date(Date.now() - (60 - index) * 10_000).toISOString(),
      passed: index % 5,
      failed: 1,
      rejected_deliveries: 0,
      provider_errors: 0,
      webhook_delay: 0.4,
      waiting_phones: index,
      pending_actions: 2,
      dead_actions: 0
    }))
    await page.route("**/api/admin/trends", (route) => route.fulfill({ json: { items: trends } }))
    await page.reload()
    await heading(/^Verdicts/)
    assert.strictEqual(await page.locator("figure canvas").count(), 5)
    assert.strictEqual(await page.getByRole("figure").getByText("120 passed and 60 failed").count(), 1)
  })
})
