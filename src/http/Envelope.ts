import { randomUUID } from "node:crypto"
import type { IncomingMessage } from "node:http"
import { Headers, HttpServerRequest, HttpServerResponse, HttpTraceContext } from "@effect/platform"
import { NodeHttpServerRequest } from "@effect/platform-node"
import { type Context, Effect, FiberRef, HashMap, Option } from "effect"
import { Tracing } from "../telemetry/Tracing.js"
import { answerHeaders } from "./AnswerHeaders.js"
import { type MethodTable, patternOf } from "./Methods.js"
import { responseOf } from "./PlainAnswer.js"
import { Problem } from "./Problem.js"
import { answerFailure, reworded } from "./Problems.js"

/** As far as a span is concerned. */
type Answer = { readonly status: number }

const acceptable = /^[A-Za-z0-9._-]{1,128}$/

export const requestIdOf = ({ headers }: IncomingMessage): string => {
  const given = headers["x-request-id"]
  return typeof given === "string" && acceptable.test(given) ? given : randomUUID()
}

/** Where the router begins a query, besides `?`: at these it would find an address that is written otherwise. */
const otherDelimiters = /[;#]/

const misaddressed = ({ headers, httpVersion }: IncomingMessage, path: string): Problem | null => {
  if (otherDelimiters.test(path)) return new Problem({ code: "not_found" })
  return headers.host === undefined && httpVersion !== "1.0"
    ? new Problem({ code: "invalid_request", errors: [{ path: "Host", message: "is missing" }] })
    : null
}

/** The headers of an answer with its request id and the security headers. */
const sealed = (headers: Readonly<Record<string, string>>, requestId: string): Record<string, string> => ({
  ...answerHeaders,
  ...headers,
  "x-request-id": requestId
})

/** Ids of nothing but zeros are none (W3C Trace Context, section 3.2.2). */
const zeroIds = /-(0{32}|0{16})-/

/** A request's span, part of the trace that its `traceparent` names (W3C Trace Context). */
const traced =
  (
    { span }: Context.Tag.Service<typeof Tracing>,
    { headers, method = "" }: IncomingMessage,
    path: string,
    methods: MethodTable
  ) =>
  <A extends Answer, E, R>(answer: Effect.Effect<A, E, R>) => {
    const route = patternOf(path, methods) ?? "unknown"
    const given = headers["traceparent"] as string | undefined
    const parent =
      given === undefined || zeroIds.test(given)
        ? Option.none()
        : HttpTraceContext.w3c(Headers.fromInput({ traceparent: given }))
    return answer.pipe(
      Effect.tap(({ status }) => Effect.annotateCurrentSpan("http.response.status_code", status)),
      span(`${method} ${route}`, {
        kind: "server",
        attributes: { "http.request.method": method, "http.route": route },
        ...(Option.isSome(parent) ? { parent: parent.value } : {})
      })
    )
  }

/** From here on the fiber's logs tell the request id. */
const annotate = (requestId: string) =>
  FiberRef.update(FiberRef.currentLogAnnotations, HashMap.set<string, unknown>("request_id", requestId))

/**
 * What surrounds every answer: logs that tell the request id, a span, and problem details for whatever failed. It has the
 * fiber to itself.
 */
export const makeEnveloped = Effect.map(
  Tracing,
  (tracing) =>
    <A extends Answer, E, R>(
      request: IncomingMessage,
      requestId: string,
      answer: Effect.Effect<A, E, R>,
      methods: MethodTable
    ) => {
      const path = (request.url ?? "").split("?", 1)[0] ?? ""
      const addressed: Effect.Effect<A, E | Problem, R> = misaddressed(request, path) ?? answer
      const whole = Effect.catchAllCause(Effect.zipRight(annotate(requestId), addressed), (cause) =>
        answerFailure(cause, path, methods)
      )
      return tracing.enabled ? traced(tracing, request, path, methods)(whole) : whole
    }
)

/** The same around an application of the framework, and the security headers on its answers. */
export const envelope = <E, R>(
  app: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>,
  methods: MethodTable
) =>
  Effect.map(makeEnveloped, (enveloped) =>
    Effect.flatMap(HttpServerRequest.HttpServerRequest, (given) => {
      const request = NodeHttpServerRequest.toIncomingMessage(given)
      const requestId = requestIdOf(request)
      return Effect.map(enveloped(request, requestId, Effect.map(app, reworded), methods), (answer) => {
        const response = HttpServerResponse.isServerResponse(answer) ? answer : responseOf(answer)
        return HttpServerResponse.setHeaders(response, sealed(response.headers, requestId))
      })
    })
  )
