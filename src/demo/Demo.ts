import { randomBytes } from "node:crypto"
import { HttpLayerRouter, HttpServerRequest, HttpServerResponse } from "@effect/platform"
import { NodeHttpServerRequest } from "@effect/platform-node"
import { Clock, Effect, Layer, Option, Schema } from "effect"
import { Problem } from "../http/Problem.js"
import { readJson } from "../http/RequestBody.js"
import { signUserToken, type UserTokenOptions } from "../http/UserToken.js"
import page from "./phone.html"
import landing from "./return.html"

/** What the demo page needs to know of the service. `sandboxUrl` is an origin, without a slash at its end. */
export interface DemoOptions extends UserTokenOptions {
  readonly sandboxUrl: string
  /** The one that is verified when a phone names none. */
  readonly product: string
}

const tokenSeconds = 3600
const bodyLimit = 1024

/** A name as people write them: no control or invisible characters. */
const UserName = Schema.Trim.pipe(Schema.minLength(1), Schema.maxLength(64), Schema.pattern(/^\P{C}*$/u))
const SignIn = Schema.Struct({ user: UserName })

const show = (html: string, allowed: string) => {
  const nonce = randomBytes(16).toString("base64")
  return HttpServerResponse.text(
    html.replaceAll("{{nonce}}", () => nonce),
    {
      contentType: "text/html; charset=utf-8",
      headers: {
        "content-security-policy": `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; img-src data:; ${allowed}frame-ancestors 'self'; base-uri 'none'; form-action 'none'`,
        "x-frame-options": "SAMEORIGIN"
      }
    }
  )
}

/** A phone loads no indentation. */
const flush = (html: string) => html.replace(/^ +/gm, "")

const phone = ({ product, sandboxUrl }: DemoOptions) => {
  const html = flush(page)
    .replaceAll("{{sandbox}}", () => sandboxUrl)
    .replaceAll("{{product}}", product)
  return Effect.sync(() => show(html, `connect-src 'self' ${sandboxUrl}; frame-src 'self' ${sandboxUrl}; `))
}

const signIn = Effect.fnUntraced(function* (options: DemoOptions) {
  const request = NodeHttpServerRequest.toIncomingMessage(yield* HttpServerRequest.HttpServerRequest)
  const body = yield* readJson(SignIn, request, bodyLimit)
  if (Option.isNone(body)) {
    return yield* new Problem({ code: "invalid_request", errors: [{ path: "user", message: "is missing" }] })
  }
  const { user } = body.value
  const now = Math.floor((yield* Clock.currentTimeMillis) / 1000)
  const token = yield* signUserToken(options, user, now, now + tokenSeconds)
  return HttpServerResponse.unsafeJson({ token, expires_in: tokenSeconds })
})

/** The phone in a browser, for the sandbox only: a page, made-up users, and the place where deep links land. */
export const demoRoutes = (options: DemoOptions) =>
  Layer.mergeAll(
    HttpLayerRouter.add("GET", "/", HttpServerResponse.redirect("/demo")),
    HttpLayerRouter.add("GET", "/demo", phone(options)),
    HttpLayerRouter.add(
      "GET",
      "/demo/return",
      Effect.sync(() => show(landing, ""))
    ),
    HttpLayerRouter.add("POST", "/demo/sign-in", signIn(options))
  )

/** The methods of these addresses, for whoever asks with another. */
export const demoMethods: Readonly<Record<string, ReadonlyArray<string>>> = {
  "/": ["GET", "HEAD"],
  "/demo": ["GET", "HEAD"],
  "/demo/return": ["GET", "HEAD"],
  "/demo/sign-in": ["POST"]
}
