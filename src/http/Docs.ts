import { createHash } from "node:crypto"
import { HttpApiSwagger, HttpLayerRouter, HttpServerResponse } from "@effect/platform"
import { Effect, Layer } from "effect"
import { Api } from "./Api.js"

const hashes = (html: string, element: "script" | "style"): string =>
  [...html.matchAll(new RegExp(`<${element}>([\\s\\S]*?)</${element}>`, "g"))]
    .map(([, content = ""]) => `'sha256-${createHash("sha256").update(content).digest("base64")}'`)
    .join(" ")

/** Only what the page brings along, named by its hash; and requests to this service, for trying it out. */
const policyOf = (html: string): string =>
  [
    "default-src 'none'",
    `script-src ${hashes(html, "script")}`,
    `style-src ${hashes(html, "style")}`,
    "img-src data:",
    "connect-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'"
  ].join("; ")

const withPolicy = (page: HttpServerResponse.HttpServerResponse) =>
  page.body._tag === "Uint8Array"
    ? HttpServerResponse.setHeader(
        page,
        "content-security-policy",
        policyOf(new TextDecoder().decode(page.body.body))
      )
    : page

/** The page is the same every time, so its policy is made once. */
const policy = HttpLayerRouter.middleware(
  Effect.sync(() => {
    const known = new WeakMap<HttpServerResponse.HttpServerResponse, HttpServerResponse.HttpServerResponse>()
    return Effect.map((page: HttpServerResponse.HttpServerResponse) => {
      const answer = known.get(page) ?? withPolicy(page)
      known.set(page, answer)
      return answer
    })
  })
)

/** A page that shows the API, with nothing from elsewhere. */
export const docs = HttpApiSwagger.layerHttpLayerRouter({ api: Api, path: "/docs" }).pipe(
  Layer.provide(policy.layer)
)
