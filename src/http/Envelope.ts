import { randomUUID } from "node:crypto"
import type { IncomingMessage } from "node:http"
import { Headers, HttpServerRequest, HttpServerResponse, HttpTraceContext } from "@effect/platform"
import { NodeHttpServerRequest } from "@effect/platform-node"
import { type Context, Effect, FiberRef, HashMap, Option } from "effect"
import { Tracing } from "../telemetry/Tracing.js"
import { answerHeaders } from "./AnswerHeaders.js"
import { type MethodTable, patternOf } from "./Methods.js"
import { Problem } from "./Problem.js"
import { answerFailure, reworded } from "./Problems.js"

const acceptable = /^[A-Za-z0-9._-]{1,128}$/

export const requestIdOf = ({ headers }: IncomingMessage): string => {
  const given = headers["x-request-id"]
  return typeof given === "string" && acceptable.test(given) ? given : randomUUID()
}

/** Where the router begins a query, besides `?`: at these it would find an address that is written otherwise. */
const otherDelimiters = /[;#]/

const wellAddressed = (
  { headers, httpVersion }: IncomingMessage,
  path: string
): Effect.Effect<void, Problem> => {
  if (otherDelimiters.test(path)) return Effect.fail(new Problem({ code: "not_found" }))
  if (headers.host !== undefined || httpVersion === "1.0") return Effect.void
  return Effect.fail(
    new Problem({ code: "invalid_request", errors: [{ path: "Host", message: "is missing" }] })
  )
}

/** The headers of an answer with its request id and the security headers. */
export const sealed = (
  headers: Readonly<Record<string, string>>,
  requestId: string
): Record<string, string> => ({ ...answerHeaders, ...headers, "x-request-id": requestId })

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
  <E, R>(answer: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>) => {
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

/**
 * What surrounds every answer: a request id, problem details for whatever failed, and security headers. It has the fiber
 * to itself, whose logs all tell the request id.
 */
export const makeEnveloped = Effect.map(
  Tracing,
  (tracing) =>
    <E, R>(
      request: IncomingMessage,
      answer: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>,
      methods: MethodTable
    ) => {
      const requestId = requestIdOf(request)
      const path = (request.url ?? "").split("?", 1)[0] ?? ""
      const annotated = FiberRef.update(
        FiberRef.currentLogAnnotations,
        HashMap.set<string, unknown>("request_id", requestId)
      )
      const whole = annotated.pipe(
        Effect.zipRight(wellAddressed(request, path)),
        Effect.zipRight(answer),
        Effect.catchAllCause((cause) => answerFailure(cause, path, methods)),
        Effect.map((response) => HttpServerResponse.setHeaders(response, sealed(response.headers, requestId)))
      )
      return tracing.enabled ? traced(tracing, request, path, methods)(whole) : whole
    }
)

/** The same around an application of the framework. */
export const envelope = <E, R>(
  app: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>,
  methods: MethodTable
) =>
  Effect.map(makeEnveloped, (enveloped) =>
    Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) =>
      enveloped(NodeHttpServerRequest.toIncomingMessage(request), Effect.map(app, reworded), methods)
    )
  )
