import { assert } from "@effect/vitest"
import { Effect } from "effect"
import type { BrowserContextOptions } from "playwright-core"
import { adminToken } from "../http/harness.js"
import { aDeadAction, delivered, read } from "../http/operators.js"
import { aStartedSession } from "../http/requests.js"
import { fitsItsWindow, focused, views } from "./console.js"
import { aRejectedDelivery, inTheConsole } from "./scenario.js"

inTheConsole("the window, the keyboard and the session", (scenario) => {
  scenario(
    "signs in with a token of the service, and out again",
    Effect.void,
    async ({ heading, page, press, seen, signIn }) => {
      assert.strictEqual(await page.evaluate("document.activeElement.id"), "token")
      await signIn("not-a-token-of-this-service-whatever-it-is")
      await seen("This is not a token of this service.")
      await signIn(adminToken)
      await heading("Overview")
      await page.reload()
      await heading("Overview")
      assert.deepStrictEqual(await page.evaluate("[localStorage.length, sessionStorage.length]"), [0, 0])
      assert.strictEqual(await page.evaluate("document.cookie"), "")
      await press("Sign out")
      await heading("Operator's console")
      await page.reload()
      await heading("Operator's console")
    },
    { token: null, expected: /status of 401/ }
  )

  scenario(
    "asks who it is again when the cookie is gone, and goes on at the same place",
    aStartedSession,
    async ({ heading, open, page, seen, signIn }, { sessionRef }) => {
      await open(`#/sessions/${sessionRef}`)
      await heading("Timeline")
      await page.context().clearCookies()
      await seen(/You were signed out/)
      await signIn(adminToken)
      await heading("Timeline")
      await seen(sessionRef)
    },
    { expected: /status of 401/ }
  )

  scenario(
    "says what is not there, and what is not reached",
    Effect.void,
    async ({ heading, open, page, seen }) => {
      await open("#/sessions/vs_none")
      await heading("There is no such session")
      await seen("session_not_found")
      await open("#/sessions?q=nobody")
      await heading("No session fits")
      await page.context().setOffline(true)
      await seen(/Not current since/)
      await seen("no_connection")
      await page.context().setOffline(false)
      await seen("Live")
    },
    { expected: /status of 404|ERR_INTERNET_DISCONNECTED/ }
  )

  scenario("is reached by keyboard from the first Tab on", aStartedSession, async (opened) => {
    const { open, page } = opened
    await open("#/audit")
    await page.reload()
    await page.getByRole("heading", { name: "Audit" }).waitFor()
    const reached: Array<string> = []
    for (let presses = 0; presses < 10; presses++) {
      await page.keyboard.press("Tab")
      reached.push(await focused(opened))
    }
    assert.includeMembers(reached, ["To the content", "Find a session", "Sign out", "Overview", "Sessions"])
  })

  for (const colorScheme of ["light", "dark"] as const) {
    const phone: BrowserContextOptions = { viewport: { width: 360, height: 740 }, colorScheme }
    scenario(
      `fits a phone in every view, ${colorScheme}`,
      Effect.gen(function* () {
        const { sessionRef } = yield* aDeadAction
        yield* aRejectedDelivery
        const event = yield* delivered({})
        yield* read("overview")
        return [`#/sessions/${sessionRef}`, `#/events/${event.id}`]
      }),
      async (opened, others) => {
        for (const view of [...views, ...others]) {
          await opened.open(view)
          await opened.page.reload()
          await opened.page.getByRole("main").getByRole("heading", { level: 1 }).waitFor()
          await opened.page.getByText("Loading…").waitFor({ state: "hidden" })
          await fitsItsWindow(opened, view)
        }
        await opened.press("Link to a session…")
        await fitsItsWindow(opened, "the dialog")
      },
      phone
    )
  }
})
