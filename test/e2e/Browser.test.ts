import { assert, describe, layer as sharing } from "@effect/vitest"
import { Effect, Layer } from "effect"
import type { BrowserContextOptions } from "playwright-core"
import { chromiumPath, openPhone, type Phone, RunningBrowser, RunningService } from "../demo/browser.js"

if (chromiumPath === null) {
  console.warn("test/e2e/Browser.test.ts is skipped: there is no chromium in the PATH")
}

let users = 0
const newUser = () => `user-${++users}`

const statusNow = async ({ page, url }: Phone, sessionRef: string) => {
  const token = await page.evaluate<string>("JSON.parse(sessionStorage.user).jwt")
  const response = await fetch(`${url}/api/verify-status?session_ref=${sessionRef}`, {
    headers: { authorization: `Bearer ${token}` }
  })
  return (await response.json()) as { status: string; reason: string | null }
}

const shownSession = async ({ page }: Phone): Promise<string> =>
  (await page.locator("#app dt", { hasText: "session" }).locator("+ dd").textContent()) ?? ""

const behaviour = async ({ sandboxUrl }: Phone) =>
  ((await (await fetch(`${sandboxUrl}/sandbox/behaviour`)).json()) as { behaviour: string }).behaviour

/** The phone fills a narrow window and nothing of it is below the fold. */
const isInSight = async ({ page }: Phone, name: string) => {
  const box = await page.getByRole("button", { name, exact: true }).boundingBox()
  assert.isAtMost((box?.y ?? 0) + (box?.height ?? 0), page.viewportSize()?.height ?? 0, `${name} is cut off`)
}

const fitsItsWindow = async ({ page }: Phone) => {
  const overflow = await page.evaluate<number>(
    "document.documentElement.scrollWidth - document.documentElement.clientWidth"
  )
  assert.strictEqual(overflow, 0, "the page is wider than its window")
}

/** The action that reached the team's backend, as the wire shows it. */
const arrived = async ({ wire }: Phone, type: string) => {
  const action = wire.filter({ hasText: "service → backend" }).filter({ hasText: `${type}, signature good` })
  await action.filter({ hasText: "204" }).waitFor()
  return action
}

const inTheApp = async ({ page, press }: Phone, chosen: Readonly<Record<string, string>>) => {
  await page.getByText("Options").click()
  for (const [label, value] of Object.entries(chosen)) await page.getByLabel(label).selectOption(value)
  await press("Verify in the app (SDK)")
}

const focused = ({ page }: Phone) => page.evaluate<string>("document.activeElement.textContent.trim()")

/** What `Tab` reaches, until it reaches this. */
const tabTo = async (phone: Phone, name: string) => {
  for (let presses = 0; presses < 25; presses++) {
    await phone.page.keyboard.press("Tab")
    if ((await focused(phone)) === name) return
  }
  assert.fail(`Tab does not reach ${name}`)
}

describe.skipIf(chromiumPath === null)("the phone in a browser, in Chromium", () => {
  sharing(Layer.merge(RunningService.layer, RunningBrowser.layer), { excludeTestServices: true })((it) => {
    const scenario = (name: string, play: (phone: Phone) => Promise<void>, options?: BrowserContextOptions) =>
      it.scoped(
        name,
        () =>
          Effect.gen(function* () {
            const phone = yield* openPhone(options)
            yield* Effect.promise(() => play(phone))
            assert.deepStrictEqual(phone.complaints, [])
          }),
        60_000
      )

    scenario(
      "pass: the signed webhook decides, and the wire shows it without a credential",
      async (phone) => {
        await phone.page.getByText("Start here").waitFor()
        await phone.screenshot("01-sign-in")
        await phone.signIn(newUser())
        await phone.screenshot("02-home")
        await phone.verify()
        await phone.screenshot("03-hosted-page")
        await phone.choose("Pass")
        await phone.heading("You are verified")
        await phone.sheetIsGone()
        await phone.wire.filter({ hasText: "/api/webhooks/verifyhuman" }).filter({ hasText: "200" }).waitFor()
        await arrived(phone, "verification.passed")
        const order = (await phone.wire.locator(".what").allTextContents()).map((text) => text.split(/\s/)[1])
        assert.deepStrictEqual(
          order.filter((path) => /^\/(?!api\/verify-status)/.test(path ?? "")),
          [
            "/demo/sign-in",
            "/api/verifications",
            "/api/start-verification",
            "/hosted/generate",
            "/hosted/complete",
            "/api/webhooks/verifyhuman",
            "/sandbox/actions"
          ]
        )
        for (const summary of await phone.wire.locator("summary").all()) await summary.click()
        const all = (await phone.page.locator("#wire").textContent()) ?? ""
        assert.notMatch(all, /eyJ|vhk_test|whsec_|hosted\/v\/[\w-]{8}/)
        assert.include(all, "Bearer [redacted]")
        await phone.screenshot("04-pass")
      }
    )

    scenario("fail, and try again", async (phone) => {
      await phone.signIn(newUser())
      await phone.verify()
      await phone.choose("Fail")
      await phone.heading("Not verified")
      await phone.sheetIsGone()
      await phone.page.locator("dd", { hasText: "declined" }).waitFor()
      await phone.screenshot("05-fail")
      await phone.press("Try again")
      await phone.hosted.getByRole("button", { name: "Pass" }).waitFor()
    })

    scenario("refuse", async (phone) => {
      await phone.signIn(newUser())
      await phone.verify()
      await phone.choose("Refuse")
      await phone.heading("Not verified")
    })

    scenario("pass by the SDK: the service asks until there is a result", async (phone) => {
      await phone.signIn(newUser())
      await inTheApp(phone, { Result: "PASS", "It is there": "5" })
      await phone.heading("Confirming your result…")
      await phone.page.getByText("The service asks VerifyHuman for the result.").waitFor()
      assert.isFalse(
        await phone.page.getByRole("button", { name: "Back to the verification page" }).isVisible()
      )
      await phone.screenshot("24-sdk-confirming")
      await phone.heading("You are verified")
      await phone.page.getByText("VerifyHuman’s own answer says so.").waitFor()
      await phone.page.getByLabel("This session only").check()
      await phone.wire.filter({ hasText: "no result yet" }).first().waitFor()
      await phone.wire.filter({ hasText: /msess_test_.* PASS/ }).waitFor()
      const action = await arrived(phone, "verification.passed")
      await action.locator("summary").click()
      await action.getByText('"previous_status": "pending"').waitFor()
      await phone.screenshot("25-sdk-pass")
      const shown = (await phone.wire.locator(".what").allTextContents()).map((text) =>
        text
          .replace(/msess_test_[\w-]{4}…/, "ID")
          .split(/\s/)
          .slice(0, 2)
          .join(" ")
      )
      const asked = "GET /api/mobile/v1/verifyidentity/status/ID"
      assert.includeMembers(shown, ["POST /sandbox/mobile-sessions", "POST /api/track-verification", asked])
      assert.isAtLeast(shown.filter((entry) => entry === asked).length, 2)
      assert.notInclude(shown.join(), "webhooks")
    })

    scenario("fail by the SDK, and try again", async (phone) => {
      await phone.signIn(newUser())
      await inTheApp(phone, { Result: "FAIL" })
      await phone.heading("Not verified")
      await phone.page.locator("dd", { hasText: "declined" }).waitFor()
      await arrived(phone, "verification.failed")
      await phone.screenshot("26-sdk-fail")
      const sessionRef = await shownSession(phone)
      await phone.press("Try again")
      await phone.page.locator("dd", { hasText: /^vs_/ }).filter({ hasNotText: sessionRef }).waitFor()
      await phone.heading("Not verified")
    })

    scenario("in review by the SDK, whose status endpoint fails at first", async (phone) => {
      await phone.signIn(newUser())
      await inTheApp(phone, { Result: "PENDING", "Status answers": "cut=1" })
      await phone.page.getByText("Somebody at VerifyHuman is looking at it.").waitFor()
      const polls = phone.wire.filter({ hasText: "/api/mobile/v1/verifyidentity/status/" })
      await polls.filter({ hasText: "behaviour cut" }).first().waitFor()
      await arrived(phone, "verification.in_review")
      await phone.press("Not now")
      await phone.page.getByRole("button", { name: "Verify me", exact: true }).waitFor()
      await phone.press("See its result")
      await phone.page.getByText("Somebody at VerifyHuman is looking at it.").waitFor()
    })

    scenario("by the SDK with a product that is not offered: what is wrong is said", async (phone) => {
      await phone.signIn(newUser())
      await inTheApp(phone, { Product: "verifyage" })
      await phone.page.getByText("is not a product that this service offers").waitFor()
    })

    scenario("a link that says pass before a webhook that says fail: fail", async (phone) => {
      await phone.signIn(newUser())
      await phone.verify()
      const hosted = phone.page.frames()[1]
      const token = hosted?.url().split("/").pop() ?? ""
      await fetch(`${phone.sandboxUrl}/hosted/complete/${token}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ outcome: "fail", behaviour: "late=3" })
      })
      const sessionRef = await shownSession(phone)
      await hosted?.goto(`${phone.url}/demo/return?session_ref=${sessionRef}&result=pass`)
      await phone.sheetIsGone()
      await phone.heading("Confirming your result…")
      await phone.page.getByText("it is navigation, not proof").waitFor()
      await phone.heading("Not verified")
      await phone.page.getByText("The link back to the app said “pass”.").waitFor()
      await phone.screenshot("06-link-said-pass")
    })

    scenario("a link of another window or another session changes nothing", async (phone) => {
      await phone.signIn(newUser())
      await phone.verify()
      const deepLink = { session_ref: await shownSession(phone), result: "pass" }
      await phone.page.evaluate(`postMessage(${JSON.stringify({ deepLink })}, location.origin)`)
      await phone.page.waitForTimeout(200)
      assert.isTrue(await phone.page.getByRole("dialog").isVisible())
      await phone.page.frames()[1]?.goto(`${phone.url}/demo/return?session_ref=vs_other&result=pass`)
      await phone.sheetIsGone()
      assert.isFalse(await phone.page.getByText("not proof").isVisible())
    })

    scenario("walk away and close: it stays pending", async (phone) => {
      await phone.signIn(newUser())
      await phone.verify()
      await phone.choose("Walk away")
      await phone.hosted.getByText("You walked away").waitFor()
      await phone.press("Close")
      await phone.sheetIsGone()
      await phone.page.waitForTimeout(1500)
      await phone.heading("Confirming your result…")
      const sessionRef = await shownSession(phone)
      assert.deepInclude(await statusNow(phone, sessionRef), { status: "pending", reason: "awaiting_result" })
      await phone.screenshot("07-walked-away")
      await phone.press("Not now")
      await phone.press("Continue")
      await phone.hosted.getByRole("button", { name: "Pass" }).waitFor()
      assert.strictEqual(await shownSession(phone), sessionRef)
    })

    scenario("no way back: the user stays on the page until it is closed by hand", async (phone) => {
      await phone.signIn(newUser())
      await phone.page.getByText("Options").click()
      await phone.page.getByLabel("Way back").selectOption("stay")
      await phone.screenshot("08-options")
      await phone.verify()
      await phone.choose("Pass")
      await phone.hosted.getByText("Close this page to go back to the app.").waitFor()
      await phone.page.getByText("Your result is in. Close to see it.").waitFor()
      await phone.screenshot("09-no-way-back")
      await phone.press("Close")
      await phone.heading("You are verified")
    })

    scenario("late webhook: confirming first, then the verdict", async (phone) => {
      await phone.signIn(newUser())
      await phone.verify()
      await phone.hosted.getByText("Make the webhook misbehave").click()
      await phone.hosted.getByLabel("seconds late").fill("3")
      await phone.choose("Pass")
      await phone.sheetIsGone()
      await phone.heading("Confirming your result…")
      await phone.screenshot("10-confirming")
      await phone.heading("You are verified")
    })

    scenario("the provider fails: the problem, and the next try works", async (phone) => {
      await phone.signIn(newUser())
      await phone.page.getByText("Options").click()
      await phone.page.getByLabel("Next provider answer").selectOption("500")
      await phone.press("Verify me")
      await phone.heading("VerifyHuman cannot be reached")
      await phone.page.locator("dd", { hasText: "provider_unavailable" }).waitFor()
      await phone.page.getByText(/asks you to wait \d+ s/).waitFor()
      assert.strictEqual(await behaviour(phone), "", "the sandbox is as it was")
      await phone.screenshot("11-provider-500")
      await phone.press("Try again")
      await phone.hosted.getByRole("button", { name: "Pass" }).waitFor()
    })

    scenario("a product that is not offered: what is wrong is said", async (phone) => {
      await phone.signIn(newUser())
      await phone.page.getByText("Options").click()
      await phone.page.getByLabel("Product").selectOption("verifyage")
      await phone.press("Verify me")
      await phone.page.locator("dd", { hasText: "invalid_request" }).waitFor()
      await phone.page.getByText("is not a product that this service offers").waitFor()
      await phone.press("Back")
      await phone.page.getByRole("button", { name: "Verify me" }).waitFor()
    })

    scenario("a reload recovers the session", async (phone) => {
      await phone.signIn(newUser())
      await phone.verify()
      const sessionRef = await shownSession(phone)
      await phone.page.reload()
      await phone.heading("Confirming your result…")
      assert.strictEqual(await shownSession(phone), sessionRef)
      await phone.press("Back to the verification page")
      await phone.choose("Pass")
      await phone.heading("You are verified")
      await phone.page.reload()
      await phone.page.getByText("You can do it again at any time.").waitFor()
    })

    scenario("a token that is not valid any more: sign in again", async (phone) => {
      await phone.signIn(newUser())
      await phone.page.evaluate(`sessionStorage.user = '{"user":"ada","jwt":"x.y.z"}'`)
      await phone.page.reload()
      await phone.heading("Welcome to Acme")
    })

    scenario("the wire: of this session only, cleared, and open entries stay open", async (phone) => {
      await phone.signIn(newUser())
      await phone.verify()
      const first = phone.wire.first()
      await first.locator("summary").click()
      const before = await phone.wire.count()
      await phone.page.getByLabel("This session only").check()
      assert.isBelow(await phone.wire.count(), before)
      assert.strictEqual(await phone.wire.filter({ hasText: "sign-in" }).count(), 0)
      await phone.page.getByLabel("This session only").uncheck()
      await phone.choose("Pass")
      await phone.heading("You are verified")
      assert.strictEqual(await first.locator("details[open]").count(), 1)
      await phone.press("Clear")
      assert.strictEqual(await phone.wire.count(), 0)
      await phone.page.getByText("Start here").waitFor()
    })

    scenario("the wire: every copy is shown, and shown once when the connection was lost", async (phone) => {
      await phone.signIn(newUser())
      await phone.verify()
      await phone.hosted.getByText("Make the webhook misbehave").click()
      await phone.hosted.getByLabel("copies").fill("3")
      await phone.choose("Pass")
      await phone.heading("You are verified")
      const copies = phone.wire.filter({ hasText: "/api/webhooks/verifyhuman" })
      await copies.nth(2).waitFor()
      await phone.page.evaluate(`
        feed.dispatchEvent(new Event("open"))
        new EventSource(sandbox + "/sandbox/wire").addEventListener("wire", ({ data }) =>
          feed.dispatchEvent(new MessageEvent("wire", { data })))
      `)
      await phone.page.waitForTimeout(500)
      assert.strictEqual(await copies.count(), 3)
    })

    scenario("in review: the app says so, and a new start comes back to it", async (phone) => {
      await phone.signIn(newUser())
      await phone.verify()
      const token = phone.page.frames()[1]?.url().split("/").pop() ?? ""
      await fetch(`${phone.sandboxUrl}/hosted/complete/${token}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ outcome: "PENDING" })
      })
      await phone.press("Close")
      const explained = phone.page.getByText("Somebody at VerifyHuman is looking at it.")
      await explained.waitFor()
      await phone.screenshot("23-in-review")
      await phone.press("Not now")
      await phone.press("Continue")
      await explained.waitFor()
      await phone.wire.filter({ hasText: "in_review" }).filter({ hasText: "409" }).waitFor()
      await phone.press("Start over")
      await phone.hosted.getByRole("button", { name: "Pass" }).waitFor()
    })

    scenario("opened by its number, it goes to where the link back leads", async (phone) => {
      await phone.page.goto(`${phone.url.replace("localhost", "127.0.0.1")}/demo`)
      await phone.page.waitForURL(`${phone.url}/demo`)
    })

    scenario("the place where links land, opened by itself", async (phone) => {
      await phone.page.goto(`${phone.url}/demo/return?session_ref=vs_x&result=pass`)
      await phone.page.getByRole("link", { name: "Open the phone in a browser" }).click()
      await phone.heading("Welcome to Acme")
    })

    scenario("keyboard alone", async (phone) => {
      const { keyboard } = phone.page
      await tabTo(phone, "ada")
      await keyboard.press("Enter")
      await phone.heading("Hello, ada")
      assert.strictEqual(await focused(phone), "Hello, ada")
      await tabTo(phone, "Verify me")
      await phone.screenshot("12-keyboard-focus")
      await keyboard.press("Enter")
      await phone.hosted.getByRole("button", { name: "Pass" }).waitFor()
      await phone.page.locator("#close").focus()
      await keyboard.press("Escape")
      await phone.sheetIsGone()
      assert.strictEqual(await focused(phone), "Confirming your result…")
      await tabTo(phone, "Back to the verification page")
      await keyboard.press("Enter")
      const pass = phone.hosted.getByRole("button", { name: "Pass" })
      await pass.waitFor()
      const hasFocus = async () =>
        (await phone.hosted
          .locator("button:focus")
          .textContent({ timeout: 200 })
          .catch(() => "")) === "Pass"
      for (let presses = 0; presses < 5 && !(await hasFocus()); presses++) await keyboard.press("Tab")
      assert.isTrue(await hasFocus(), "Tab does not reach Pass")
      await keyboard.press("Enter")
      await phone.heading("You are verified")
      await phone.sheetIsGone()
      assert.strictEqual(await focused(phone), "You are verified")
    })

    for (const [name, width] of [
      ["320", 320],
      ["390", 390]
    ] as const) {
      scenario(
        `a window of ${width} px is the phone's whole screen`,
        async (phone) => {
          await fitsItsWindow(phone)
          await phone.screenshot(`13-narrow-${name}-sign-in`)
          await phone.signIn(newUser())
          await phone.page.getByText("Options").click()
          await fitsItsWindow(phone)
          await phone.screenshot(`14-narrow-${name}-home`)
          await phone.verify()
          await fitsItsWindow(phone)
          await phone.screenshot(`15-narrow-${name}-hosted`)
          await phone.choose("Pass")
          await phone.heading("You are verified")
          await phone.sheetIsGone()
          await isInSight(phone, "Done")
          await phone.screenshot(`16-narrow-${name}-pass`)
          await phone.page.getByRole("link", { name: "On the wire" }).click()
          await phone.wire.filter({ hasText: "/hosted/generate" }).locator("summary").click()
          await fitsItsWindow(phone)
          await phone.screenshot(`17-narrow-${name}-wire`)
        },
        { viewport: { width, height: 700 }, hasTouch: true, isMobile: true }
      )
    }

    scenario(
      "dark, and without motion",
      async (phone) => {
        await phone.signIn(newUser())
        await phone.page.getByText("Options").click()
        await phone.screenshot("18-dark-home")
        await phone.verify()
        await phone.screenshot("19-dark-hosted")
        await phone.press("Close")
        const animation = 'getComputedStyle(document.querySelector(".wait")).animationName'
        assert.strictEqual(await phone.page.evaluate(animation), "none")
        await phone.screenshot("20-dark-confirming")
        await phone.press("Back to the verification page")
        await phone.choose("Fail")
        await phone.heading("Not verified")
        await phone.sheetIsGone()
        await phone.wire.last().locator("summary").click()
        await phone.screenshot("21-dark-fail")
      },
      { colorScheme: "dark", reducedMotion: "reduce" }
    )

    scenario(
      "a window of 900 px has both side by side",
      async (phone) => {
        await phone.signIn(newUser())
        await phone.verify()
        await phone.choose("Pass")
        await phone.heading("You are verified")
        await fitsItsWindow(phone)
        await phone.screenshot("22-middle")
      },
      { viewport: { width: 900, height: 760 } }
    )
  })
})
