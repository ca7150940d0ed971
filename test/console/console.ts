import { assert } from "@effect/vitest"
import { Effect } from "effect"
import type { BrowserContextOptions, Page } from "playwright-core"
import { openPage } from "../demo/browser.js"
import { adminToken, baseUrl } from "../http/harness.js"

/** The console in a window of its own, and what an operator does there. */
export interface OperatorConsole {
  readonly url: string
  readonly page: Page
  readonly open: (hash: string) => Promise<void>
  readonly signIn: (token: string) => Promise<void>
  readonly press: (name: string | RegExp) => Promise<void>
  readonly heading: (name: string | RegExp) => Promise<void>
  readonly seen: (text: string | RegExp) => Promise<void>
  /** What the page complains of: errors, and everything that its policy blocked. */
  readonly complaints: ReadonlyArray<string>
}

export const views = [
  "#/overview",
  "#/sessions",
  "#/events",
  "#/events?state=unmatched",
  "#/rejected",
  "#/actions?state=dead",
  "#/actions",
  "#/audit"
]

/** The console, signed in unless no token is given. */
export const openConsole = (
  options: BrowserContextOptions & { readonly token?: string | null; readonly at?: string } = {}
) =>
  Effect.gen(function* () {
    const { at = "", token = adminToken, ...context } = options
    const url = yield* baseUrl
    const { complaints, page } = yield* openPage({ viewport: { width: 1280, height: 860 }, ...context })
    page.on("console", (message) => {
      if (message.type() === "error" && !complaints.includes(message.text())) complaints.push(message.text())
    })
    const opened: OperatorConsole = {
      url,
      page,
      open: async (hash) => {
        await page.goto(`${url}/console${hash}`)
      },
      signIn: async (token) => {
        await page.getByLabel("Admin or read token").fill(token)
        await page.getByRole("button", { name: "Sign in" }).click()
      },
      press: (name) => page.getByRole("button", { name }).click(),
      heading: (name) => page.getByRole("heading", { name }).first().waitFor(),
      seen: (text) => page.getByText(text).first().waitFor(),
      complaints
    }
    yield* Effect.promise(async () => {
      await opened.open(at)
      if (token === null) return
      await opened.signIn(token)
      await page.getByRole("navigation", { name: "Views" }).waitFor()
    })
    return opened
  })

/** Nothing sticks out of the window to the side. */
export const fitsItsWindow = async ({ page }: OperatorConsole, what: string) => {
  const overflow = await page.evaluate<number>(
    "document.documentElement.scrollWidth - document.documentElement.clientWidth"
  )
  assert.strictEqual(overflow, 0, `${what} is wider than its window`)
}

export const focused = ({ page }: OperatorConsole) =>
  page.evaluate<string>(
    "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent.trim()"
  )
