import { randomUUID } from "node:crypto"
import { HttpServerRequest, HttpServerResponse } from "@effect/platform"
import { NodeHttpServerRequest } from "@effect/platform-node"
import { Effect } from "effect"
import { answerHeaders } from "./AnswerHeaders.js"
import type { MethodTable } from "./Methods.js"
import { Problem } from "./Problem.js"
import { answerFailure, reworded } from "./Problems.js"

const acceptable = /^[A-Za-z0-9._-]{1,128}$/

/** Where the router begins a query, besides `?`: at these it would find an address that is written otherwise. */
const otherDelimiters = /[;#]/

const wellAddressed = (
  request: HttpServerRequest.HttpServerRequest,
  path: string
): Effect.Effect<void, Problem> => {
  if (otherDelimiters.test(path)) return Effect.fail(new Problem({ code: "not_found" }))
  const { headers, httpVersion } = NodeHttpServerRequest.toIncomingMessage(request)
  if (headers.host !== undefined || httpVersion === "1.0") return Effect.void
  return Effect.fail(
    new Problem({ code: "invalid_request", errors: [{ path: "Host", message: "is missing" }] })
  )
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
    const response = yield* wellAddressed(request, path).pipe(
      Effect.zipRight(app),
      Effect.map(reworded),
      Effect.catchAllCause((cause) => answerFailure(cause, path, methods)),
      Effect.annotateLogs("request_id", requestId)
    )
    return HttpServerResponse.setHeaders(response, {
      ...answerHeaders,
      ...response.headers,
      "x-request-id": requestId
    })
  })
