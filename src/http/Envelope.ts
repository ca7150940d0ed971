import { randomUUID } from "node:crypto"
import { HttpServerRequest, HttpServerResponse } from "@effect/platform"
import { Effect } from "effect"
import type { MethodTable } from "./Methods.js"
import { answerFailure, reworded } from "./Problems.js"

const acceptable = /^[A-Za-z0-9._-]{1,128}$/

const apiHeaders = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY"
}

/** What surrounds every answer: a request id, problem details for whatever failed, and security headers. */
export const envelope = <E, R>(
  app: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>,
  methods: MethodTable
) =>
  Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    const given = request.headers["x-request-id"] ?? ""
    const requestId = acceptable.test(given) ? given : randomUUID()
    const path = request.url.split("?", 1)[0] ?? ""
    const response = yield* app.pipe(
      Effect.map(reworded),
      Effect.catchAllCause((cause) => answerFailure(cause, path, methods)),
      Effect.annotateLogs("request_id", requestId)
    )
    return HttpServerResponse.setHeaders(response, {
      ...apiHeaders,
      ...response.headers,
      "x-request-id": requestId
    })
  })
