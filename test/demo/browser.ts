import { execFileSync } from "node:child_process"
import { mkdirSync } from "node:fs"
import { join, resolve } from "node:path"
import { Context, Effect, Layer } from "effect"
import {
  type Browser,
  type BrowserContextOptions,
  chromium,
  type FrameLocator,
  type Locator,
  type Page
} from "playwright-core"
import { freePort, scratchDirectory, serve } from "../e2e/process.js"

const screenshots = resolve(import.meta.dirname, "../../test-results/screenshots")

/** The browser of this machine; null when there is none. */
export const chromiumPath: string | null = (() => {
  try {
    return execFileSync("which", ["chromium"], { encoding: "utf8" }).trim() || null
  } catch {
    return null
  }
})()

/** The built service with its sandbox, in a process and with a database of its own. */
export class RunningService extends Context.Tag("test/RunningService")<
  RunningService,
  { readonly url: string; readonly sandboxUrl: string }
>() {
  static readonly layer = Layer.scoped(
    RunningService,
    Effect.gen(function* () {
      const port = yield* freePort
      const sandboxPort = yield* freePort
      const cwd = yield* scratchDirectory
      yield* serve(port, {
        cwd,
        env: {
          SANDBOX_PORT: String(sandboxPort),
          DATABASE_URL: "sqlite:browser.db",
          START_LIMIT: "100 per hour"
        }
      })
      return { url: `http://localhost:${port}`, sandboxUrl: `http://localhost:${sandboxPort}` }
    })
  )
}

export class RunningBrowser extends Context.Tag("test/RunningBrowser")<RunningBrowser, Browser>() {
  static readonly layer = Layer.scoped(
    RunningBrowser,
    Effect.acquireRelease(
      Effect.promise(() =>
        chromium.launch({
          executablePath: chromiumPath ?? "chromium",
          args: ["--no-sandbox", "--disable-background-networking"]
        })
      ),
      (browser) => Effect.promise(() => browser.close())
    )
  )
}

/** The demo page in a window of its own, and what a user does there. */
export interface Phone {
  readonly url: string
  readonly sandboxUrl: string
  readonly page: Page
  readonly hosted: FrameLocator
  readonly wire: Locator
  readonly press: (name: string) => Promise<void>
  /** Presses a button of the hosted page. */
  readonly choose: (name: string) => Promise<void>
  readonly heading: (name: string) => Promise<void>
  readonly signIn: (user: string) => Promise<void>
  readonly verify: () => Promise<void>
  readonly sheetIsGone: () => Promise<void>
  readonly screenshot: (name: string) => Promise<void>
  /** Console errors and everything that the page's policy blocked. */
  readonly complaints: ReadonlyArray<string>
}

/** A window of its own, and what its page complains of. */
export const openPage = Effect.fnUntraced(function* (options: BrowserContextOptions) {
  const browser = yield* RunningBrowser
  const context = yield* Effect.acquireRelease(
    Effect.promise(() => browser.newContext(options)),
    (context) => Effect.promise(() => context.close())
  )
  const page = yield* Effect.promise(() => context.newPage())
  page.setDefaultTimeout(15_000)
  const complaints: Array<string> = []
  page.on("pageerror", (error) => complaints.push(error.message))
  page.on("console", (message) => {
    if (/Content.Security.Policy/i.test(message.text())) complaints.push(message.text())
  })
  return { page, complaints }
})

export const openPhone = (options: BrowserContextOptions = {}) =>
  Effect.gen(function* () {
    const { sandboxUrl, url } = yield* RunningService
    const { complaints, page } = yield* openPage({ viewport: { width: 1280, height: 860 }, ...options })
    const hosted = page.frameLocator("#frame")
    const press = (name: string) => page.getByRole("button", { name, exact: true }).click()
    const heading = (name: string) =>
      page.getByRole("main").getByRole("heading", { name, exact: true }).waitFor()
    const phone: Phone = {
      url,
      sandboxUrl,
      page,
      hosted,
      wire: page.locator("#wire > li:visible"),
      press,
      choose: (name) => hosted.getByRole("button", { name, exact: true }).click(),
      heading,
      signIn: async (user) => {
        await page.getByLabel("Or another name").fill(user)
        await press("Sign in")
        await heading(`Hello, ${user}`)
      },
      verify: async () => {
        await press("Verify me")
        await hosted.getByRole("button", { name: "Pass" }).waitFor()
      },
      sheetIsGone: () => page.getByRole("dialog").waitFor({ state: "hidden" }),
      screenshot: async (name) => {
        mkdirSync(screenshots, { recursive: true })
        await page.screenshot({ path: join(screenshots, `${name}.png`), animations: "disabled" })
      },
      complaints
    }
    yield* Effect.promise(() => page.goto(`${url}/demo`))
    return phone
  })
