import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { readToken } from "../http/harness.js"
import { aDeadAction, delivered } from "../http/operators.js"
import { unique } from "../suites/fixtures.js"
import { focused } from "./console.js"
import { aSessionOf, inTheConsole } from "./scenario.js"

inTheConsole("what an operator changes", (scenario) => {
  scenario(
    "links an unmatched event through the dialog, and shows the verdict",
    Effect.gen(function* () {
      const session = yield* aSessionOf("grace")
      const verificationId = unique("ver_")
      const event = yield* delivered({ verificationId, status: "FAIL" })
      return { ...session, event, verificationId }
    }),
    async (opened, { event, sessionRef, verificationId }) => {
      const { heading, open, page, press, seen } = opened
      await open(`#/sessions/${sessionRef}`)
      await heading("VerifyHuman has told nothing about this session")
      await page.getByRole("link", { name: "Look through the unmatched events" }).click()
      await page.getByRole("link", { name: /FAIL/ }).first().click()
      await open(`#/events/${event.id}`)
      await seen(verificationId)
      await press("Link to a session…")
      const dialog = page.getByRole("dialog")
      await page.keyboard.press("Escape")
      await dialog.waitFor({ state: "hidden" })
      assert.strictEqual(await focused(opened), "Link to a session…")
      await press("Link to a session…")
      await dialog.getByRole("button", { name: /grace/ }).waitFor()
      await page.keyboard.type("grace")
      await page.keyboard.press("Enter")
      await dialog.getByRole("heading", { name: "Found by grace" }).waitFor()
      await dialog.getByRole("button", { name: new RegExp(sessionRef) }).click()
      await dialog.getByRole("button", { name: "Link", exact: true }).click()
      await heading(/^grace fail declined/)
      await heading("VerifyHuman declined the user")
      await page.getByRole("link", { name: "Audit" }).click()
      await seen("linked an event")
    }
  )

  scenario(
    "says why an event cannot be linked",
    Effect.gen(function* () {
      yield* aSessionOf("wanda")
      return yield* delivered({ product: "verifyage" })
    }),
    async ({ open, page, press }, event) => {
      await open(`#/events/${event.id}`)
      await press("Link to a session…")
      await page.getByRole("dialog").getByRole("searchbox").fill("wanda")
      await page.keyboard.press("Enter")
      const candidate = page.getByRole("dialog").getByRole("button", { name: /wanda/ })
      await candidate.waitFor()
      assert.isTrue(await candidate.isDisabled())
      assert.match((await candidate.textContent()) ?? "", /is of verifyidentity/)
    }
  )

  scenario(
    "replays an event, after asking",
    delivered({ type: "verification.odd" }),
    async ({ open, page, press, seen }, event) => {
      await open(`#/events/${event.id}`)
      await seen("Its type is not one that decides a verification.")
      await press("Replay…")
      await page.getByRole("dialog").getByRole("button", { name: "Replay" }).click()
      await page.getByRole("dialog").waitFor({ state: "hidden" })
      await open("#/audit")
      await page.getByText(event.id).waitFor()
    }
  )

  scenario(
    "redrives dead actions: one, then all the others",
    Effect.gen(function* () {
      const { action } = yield* aDeadAction
      yield* Effect.repeatN(aDeadAction, 5)
      return action
    }),
    async ({ heading, open, page, press, seen }, action) => {
      await open("#/actions?state=dead")
      await page.getByLabel(`Select verification.passed of ${action.session_ref}`).check()
      await press("Redrive 1 action")
      await seen("1 of 1 action made due again")
      await page.getByRole("link", { name: new RegExp(action.session_ref) }).waitFor({ state: "hidden" })
      await page.getByLabel(/^All \d+ shown$/).check()
      await press(/^Redrive \d+ actions$/)
      await seen(/^(\d+) of \1 actions made due again/)
      await heading("No action is dead")
    }
  )

  scenario(
    "shows a read token no button that writes",
    Effect.zip(delivered({}), aDeadAction),
    async ({ open, page, seen }, [event]) => {
      await seen("read only")
      await open(`#/events/${event.id}`)
      await seen("To link it, sign in with a token that may write.")
      await open("#/actions?state=dead")
      await seen(/sign in with a token that may write/)
      assert.strictEqual(await page.getByRole("button", { name: /Redrive|Link|Replay/ }).count(), 0)
      assert.strictEqual(await page.getByRole("checkbox").count(), 0)
    },
    { token: readToken }
  )
})
