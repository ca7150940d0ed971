import { randomBytes } from "node:crypto"
import { HttpLayerRouter, HttpServerRequest, HttpServerResponse } from "@effect/platform"
import { Clock, Effect, Either, Layer, Option, Schema } from "effect"
import { parseBehaviour } from "./Behaviour.js"
import { Deliveries } from "./Deliveries.js"
import page from "./hosted.html"
import { type HostedSandboxSession, SandboxSessions } from "./SandboxSessions.js"
import { Wire } from "./Wire.js"

const Completion = Schema.Struct({
  outcome: Schema.NonEmptyString.pipe(Schema.maxLength(64)),
  behaviour: Schema.optional(Schema.String)
})

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
      "content-security-policy": `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *`,
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff"
    }
  })
}

const shown = (session: HostedSandboxSession) => ({
  token: session.token,
  product: session.product,
  page_title: session.pageTitle,
  success_message: session.successMessage,
  failure_message: session.failureMessage
})

const tokenParam = Effect.map(HttpLayerRouter.params, ({ token = "" }) => token)

const show = Effect.gen(function* () {
  const sessions = yield* SandboxSessions
  const session = yield* sessions.find(yield* tokenParam)
  if (session === null) return render({ gone: "unknown" }, 404)
  if (session.outcome !== null) return render({ gone: "used" }, 410)
  return session.expiresAt <= (yield* Clock.currentTimeMillis)
    ? render({ gone: "expired" }, 410)
    : render(shown(session), 200)
})

const complete = Effect.gen(function* () {
  const sessions = yield* SandboxSessions
  const deliveries = yield* Deliveries
  const wire = yield* Wire
  const token = yield* tokenParam
  const body = yield* Effect.option(HttpServerRequest.schemaBodyJson(Completion))
  const chosen = Option.flatMapNullable(body, ({ behaviour }) => behaviour)
  const behaviour = Option.map(chosen, parseBehaviour)
  if (Option.isNone(body) || (Option.isSome(behaviour) && Either.isLeft(behaviour.value))) {
    return HttpServerResponse.unsafeJson({ error: "expected {outcome, behaviour?}" }, { status: 400 })
  }
  const { outcome } = body.value
  const session = yield* sessions.complete(token, outcome)
  yield* wire.record({
    from: "phone",
    to: "provider",
    method: "POST",
    path: "/hosted/complete",
    status: session === null ? 410 : 200,
    note: outcome,
    token,
    body: body.value
  })
  if (session === null)
    return HttpServerResponse.unsafeJson({ error: "This link is not valid any more" }, { status: 410 })
  const behaved = Option.match(Option.flatMap(behaviour, Either.getRight), {
    onNone: () => session,
    onSome: (chosen) => ({ ...session, behaviour: chosen })
  })
  yield* deliveries.announce(behaved, outcome)
  const redirect = outcome === "pass" ? session.redirectUrl : (session.failureRedirectUrl ?? null)
  return HttpServerResponse.unsafeJson({ redirect_url: redirect })
})

/** The page that opens on a phone, and what it calls when the user is done. */
export const HostedPageLive = Layer.mergeAll(
  HttpLayerRouter.add("GET", "/hosted/v/:token", show),
  HttpLayerRouter.add("POST", "/hosted/complete/:token", complete)
)
