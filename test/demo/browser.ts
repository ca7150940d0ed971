import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { Context, Effect, Layer, Schedule } from "effect"
import {
  type Browser,
  type BrowserContextOptions,
  chromium,
  type FrameLocator,
  type Locator,
  type Page
} from "playwright-core"

const project = resolve(import.meta.dirname, "../..")
const bundle = join(project, "node_modules/.cache/verifyhuman-dropin/browser-test.mjs")
const screenshots = join(project, "test-results/screenshots")

/** The browser of this machine; null when there is none. */
export const chromiumPath: string | null = (() => {
  try {
    return execFileSync("which", ["chromium"], { encoding: "utf8" }).trim() || null
  } catch {
    return null
  }
})()

const build = Effect.sync(() =>
  execFileSync("npm", ["run", "--silent", "build:bin", "--", `--outfile=${bundle}`], { cwd: project })
)

const freePort = Effect.async<number>((resume) => {
  const server = createServer().listen(0, "127.0.0.1", () => {
    const address = server.address()
    server.close(() => resume(Effect.succeed(typeof address === "object" ? (address?.port ?? 0) : 0)))
  })
})

const ended = (child: ChildProcess) =>
  Effect.async<void>((resume) => {
    if (child.exitCode !== null || child.signalCode !== null) return resume(Effect.void)
    child.once("exit", () => resume(Effect.void))
    child.kill("SIGTERM")
  })

/** The built service with its sandbox, in a process and with a database of its own. */
export class RunningService extends Context.Tag("test/RunningService")<
  RunningService,
  { readonly url: string; readonly sandboxUrl: string }
>() {
  static readonly layer = Layer.scoped(
    RunningService,
    Effect.gen(function* () {
      yield* build
      const port = yield* freePort
      const sandboxPort = yield* freePort
      const directory = yield* Effect.acquireRelease(
        Effect.sync(() => mkdtempSync(join(tmpdir(), "verifyhuman-dropin-"))),
        (directory) => Effect.sync(() => rmSync(directory, { recursive: true }))
      )
      const output: Array<string> = []
      yield* Effect.acquireRelease(
        Effect.sync(() => {
          const child = spawn(process.execPath, [bundle, "serve"], {
            cwd: directory,
            env: {
              PORT: String(port),
              SANDBOX_PORT: String(sandboxPort),
              DATABASE_URL: `sqlite:${join(directory, "browser.db")}`,
              START_LIMIT: "100 per hour"
            }
          })
          child.stdout.on("data", (chunk) => output.push(String(chunk)))
          child.stderr.on("data", (chunk) => output.push(String(chunk)))
          return child
        }),
        ended
      )
      const url = `http://localhost:${port}`
      yield* Effect.tryPromise(() => fetch(`${url}/health/ready`)).pipe(
        Effect.retry(Schedule.spaced("100 millis").pipe(Schedule.upTo("20 seconds"))),
        Effect.orElse(() => Effect.die(new Error(`the service did not start\n${output.join("")}`)))
      )
      return { url, sandboxUrl: `http://localhost:${sandboxPort}` }
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

export const openPhone = (options: BrowserContextOptions = {}) =>
  Effect.gen(function* () {
    const browser = yield* RunningBrowser
    const { sandboxUrl, url } = yield* RunningService
    const context = yield* Effect.acquireRelease(
      Effect.promise(() => browser.newContext({ viewport: { width: 1280, height: 860 }, ...options })),
      (context) => Effect.promise(() => context.close())
    )
    const page = yield* Effect.promise(() => context.newPage())
    page.setDefaultTimeout(15_000)
    const complaints: Array<string> = []
    page.on("pageerror", (error) => complaints.push(error.message))
    page.on("console", (message) => {
      if (/Content.Security.Policy/i.test(message.text())) complaints.push(message.text())
    })
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
