import { mkdirSync } from "node:fs"
import { join, resolve } from "node:path"
import { assert, describe, layer as sharing } from "@effect/vitest"
import { Effect } from "effect"
import type { BrowserContextOptions, Page } from "playwright-core"
import { chromiumPath, openPage, RunningBrowser } from "../demo/browser.js"
import { aSandbox, judged } from "../sandbox/harness.js"

if (chromiumPath === null) {
  console.warn("test/e2e/HostedPage.test.ts is skipped: there is no chromium in the PATH")
}

const screenshots = resolve(import.meta.dirname, "../../test-results/screenshots")
const sandboxed = aSandbox()
type Sandbox = Effect.Effect.Success<typeof sandboxed>

const open = Effect.fnUntraced(function* (
  sandbox: Sandbox,
  token: string,
  options: BrowserContextOptions = {}
) {
  const { complaints, page } = yield* openPage({ viewport: { width: 390, height: 780 }, ...options })
  yield* Effect.promise(() => page.goto(`${sandbox.url}/hosted/v/${token}`))
  return { page, complaints }
})

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true })
const heading = (page: Page, name: string) => page.getByRole("heading", { level: 1, name, exact: true })
const focused = (page: Page) =>
  page.evaluate<string>(
    "document.activeElement.labels?.[0]?.textContent.trim() || document.activeElement.textContent.trim()"
  )

const screenshot = async (page: Page, name: string) => {
  mkdirSync(screenshots, { recursive: true })
  await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true, animations: "disabled" })
}

/** Presses `Tab`, or `Shift+Tab`, until this has the focus. */
const tabTo = async (page: Page, name: string, key = "Tab") => {
  for (let presses = 0; presses < 25; presses++) {
    await page.keyboard.press(key)
    if ((await focused(page)).startsWith(name)) return
  }
  assert.fail(`${key} does not reach ${name}`)
}

describe.skipIf(chromiumPath === null)("the hosted page, in Chromium", () => {
  sharing(RunningBrowser.layer, { excludeTestServices: true })((it) => {
    const scenario = (
      name: string,
      play: (page: Page, sandbox: Sandbox) => Promise<void>,
      { behaviour = "", options = {} as BrowserContextOptions } = {}
    ) =>
      it.scoped(name, () =>
        Effect.gen(function* () {
          const sandbox = yield* sandboxed
          const token = yield* sandbox.aToken(behaviour, {})
          const { complaints, page } = yield* open(sandbox, token, options)
          yield* Effect.promise(() => play(page, sandbox))
          assert.deepStrictEqual(complaints, [])
        })
      )

    const received = ({ receiver }: Sandbox) => Effect.runPromise(receiver.next)

    scenario("pass, misbehaving as it was chosen, by keyboard alone", async (page, sandbox) => {
      assert.strictEqual(await page.title(), "Let us check that it is you (sandbox)")
      assert.strictEqual(await focused(page), "Let us check that it is you")
      for (const name of ["Pass", "Fail", "Refuse", "Walk away", "Make the webhook misbehave"]) {
        await page.keyboard.press("Tab")
        assert.strictEqual(await focused(page), name)
      }
      await page.keyboard.press("Enter")
      for (const name of ["flat", "timestamp"]) {
        await tabTo(page, name)
        await page.keyboard.press("Space")
      }
      await tabTo(page, "Pass", "Shift+Tab")
      await page.keyboard.press("Enter")
      await heading(page, "You are verified").waitFor()
      assert.strictEqual(await focused(page), "You are verified")
      const delivery = await received(sandbox)
      assert.strictEqual(delivery.json.status, "PASS")
      assert.strictEqual(judged(delivery, "timestamp.body"), "Verified")
    })

    scenario(
      "starts from what the session was given, and that can be taken back",
      async (page, sandbox) => {
        assert.isTrue(await page.getByLabel("no-reference").isChecked())
        assert.strictEqual(await page.getByLabel("copies").inputValue(), "2")
        await page.getByLabel("no-reference").uncheck()
        await page.getByLabel("copies").fill("1")
        await button(page, "Refuse").click()
        await heading(page, "We could not verify you").waitFor()
        const { data } = (await received(sandbox)).json
        assert.deepInclude(data, { status: "FAIL", product: "verifyage" })
        assert.isString(data.token)
      },
      { behaviour: "no-reference,duplicate=2" }
    )

    scenario("a number that cannot be is not sent, and shown", async (page, sandbox) => {
      const panel = page.getByText("Make the webhook misbehave")
      await panel.click()
      await page.getByLabel("copies").fill("0")
      await panel.click()
      await button(page, "Pass").click()
      assert.isTrue(await page.getByLabel("copies").isVisible())
      assert.strictEqual(await focused(page), "copies")
      await page.getByLabel("copies").fill("1")
      await button(page, "Pass").click()
      await heading(page, "You are verified").waitFor()
      assert.strictEqual((await received(sandbox)).json.data.status, "PASS")
    })

    scenario("a call that fails is told, and can be made again", async (page) => {
      await page.getByText("Make the webhook misbehave").click()
      await page.getByLabel("This page's own call").selectOption("500")
      await button(page, "Pass").click()
      await page.getByRole("alert").getByText("Internal server error").waitFor()
      assert.strictEqual(await focused(page), "Pass")
      await page.getByLabel("This page's own call").selectOption("cut")
      await button(page, "Fail").click()
      await page.getByRole("alert").getByText(/fetch/).waitFor()
      await page.getByLabel("This page's own call").selectOption("")
      await button(page, "Pass").click()
      await heading(page, "You are verified").waitFor()
    })

    scenario("walk away sends nothing, and the link is still good", async (page) => {
      await button(page, "Walk away").click()
      await heading(page, "You walked away").waitFor()
      await page.reload()
      await button(page, "Pass").click()
      await heading(page, "You are verified").waitFor()
      await page.reload()
      await heading(page, "This link was used already").waitFor()
      await screenshot(page, "31-hosted-used")
    })

    for (const [width, colorScheme] of [
      [320, "light"],
      [320, "dark"],
      [844, "light"]
    ] as const) {
      scenario(
        `fits a window of ${width} px, ${colorScheme}`,
        async (page) => {
          await page.getByText("Make the webhook misbehave").click()
          const overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
          assert.strictEqual(await page.evaluate<number>(overflow), 0)
          await screenshot(page, `30-hosted-${width}-${colorScheme}`)
        },
        { options: { viewport: { width, height: 600 }, colorScheme } }
      )
    }

    it.scoped("a link that is unknown or expired says so", () =>
      Effect.gen(function* () {
        const sandbox = yield* sandboxed
        for (const [token, title] of [
          ["of-nobody", "This link is not known"],
          [yield* sandbox.aToken("expires=0"), "This link has expired"]
        ] as const) {
          const { complaints, page } = yield* open(sandbox, token)
          yield* Effect.promise(() => heading(page, title).waitFor())
          assert.strictEqual(yield* Effect.promise(() => focused(page)), title)
          assert.strictEqual(yield* Effect.promise(() => button(page, "Pass").count()), 0)
          assert.deepStrictEqual(complaints, [])
        }
      })
    )
  })
})
