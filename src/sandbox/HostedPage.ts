import { randomBytes } from "node:crypto"
import { HttpLayerRouter, HttpServerResponse } from "@effect/platform"
import { Effect } from "effect"
import { faults, webhookQuirks } from "./Behaviour.js"
import page from "./hosted.html"
import { type HostedSandboxSession, SandboxSessions } from "./SandboxSessions.js"

/** JSON that can stand inside a script element. */
const embedded = (value: unknown) => JSON.stringify(value).replaceAll("<", "\\u003c")

const render = (state: unknown, status: number) => {
  const nonce = randomBytes(16).toString("base64")
  const html = page.replaceAll("{{nonce}}", nonce).replace("{{state}}", () => embedded(state))
  return HttpServerResponse.text(html, {
    status,
    contentType: "text/html; charset=utf-8",
    headers: {
      "cache-control": "no-store",
      "content-security-policy": `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *`,
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff"
    }
  })
}

const shown = ({ behaviour, ...session }: HostedSandboxSession) => ({
  token: session.token,
  product: session.product,
  page_title: session.pageTitle,
  success_message: session.successMessage,
  failure_message: session.failureMessage,
  chosen: { ...behaviour, quirks: [...behaviour.quirks], faults: [] },
  quirks: webhookQuirks,
  faults
})

const show = Effect.gen(function* () {
  const sessions = yield* SandboxSessions
  const { token = "" } = yield* HttpLayerRouter.params
  const opened = yield* sessions.find(token)
  if (opened._tag === "Open") return render(shown(opened.session), 200)
  return render({ gone: opened.why }, opened.why === "unknown" ? 404 : 410)
})

/** The page that opens on a phone. */
export const HostedPageLive = HttpLayerRouter.add("GET", "/hosted/v/:token", show)
