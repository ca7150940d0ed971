import type { IncomingMessage, ServerResponse } from "node:http"
import { HttpServerError } from "@effect/platform"
import { Context, Effect, type Fiber, Runtime, RuntimeFlags } from "effect"
import { makeCallerOf } from "./Access.js"
import { answerHeaders } from "./AnswerHeaders.js"
import { makeEnveloped, requestIdOf } from "./Envelope.js"
import { apiMethods } from "./Methods.js"
import type { PlainAnswer } from "./PlainAnswer.js"
import type { Problem } from "./Problem.js"
import { makeStartHandler } from "./StartHandler.js"
import { makeStatusAtOnce } from "./StatusAtOnce.js"
import { makeStatusHandler } from "./StatusHandler.js"
import { makeWebhookHandler } from "./WebhookHandler.js"

type Answer = Effect.Effect<PlainAnswer, Problem>

const statusAddress = /^\/api\/verify-status\?session_ref=([A-Za-z0-9_-]+)$/

/** The three requests that make up the traffic, where they are written in the usual way; null for any other. */
const makeRoutes = Effect.gen(function* () {
  const callerOf = yield* makeCallerOf
  const start = yield* makeStartHandler
  const statusAtOnce = yield* makeStatusAtOnce
  const status = yield* makeStatusHandler
  const webhook = yield* makeWebhookHandler

  return (request: IncomingMessage): Answer | PlainAnswer | null => {
    const { method, url = "" } = request
    if (method === "GET") {
      const sessionRef = statusAddress.exec(url)?.[1]
      if (sessionRef === undefined) return null
      return (
        statusAtOnce(request, sessionRef) ??
        Effect.flatMap(callerOf(request), (caller) => status(caller, sessionRef, request))
      )
    }
    if (method !== "POST") return null
    if (url === "/api/webhooks/verifyhuman") return webhook(request)
    if (url !== "/api/start-verification") return null
    return Effect.flatMap(callerOf(request), (caller) => start(caller, request))
  }
})

const onEveryAnswer = Object.entries(answerHeaders).flat()

/**
 * Headers as one list, which Node writes as it is: with an object merged of three a poll takes a third longer. No answer of
 * the lane has a header of its own that is on every answer.
 */
const write = (response: ServerResponse, { body, headers, status }: PlainAnswer, requestId: string) => {
  if (response.writableEnded) return
  const all = [...onEveryAnswer, "x-request-id", requestId]
  for (const name in headers) all.push(name, headers[name] as string)
  if (body !== null) {
    all.push("content-type", body.type, "content-length", String(Buffer.byteLength(body.text)))
  }
  response.writeHead(status, all)
  response.end(body?.text)
}

/** A phone that hangs up waits no longer. What changes something goes on to its end. */
const interruptedByClient = (response: ServerResponse, fiber: Fiber.RuntimeFiber<unknown, unknown>) =>
  response.on("close", () => {
    if (!response.writableEnded) fiber.unsafeInterruptAsFork(HttpServerError.clientAbortFiberId)
  })

/**
 * Answers the three requests that make up the traffic straight from Node's listener: the framework's way costs several
 * times what such a request costs otherwise (`npm run bench`). It decides nothing: credentials, limits, handlers and
 * problems are those of the framework's way, which answers every request that this one leaves (false).
 */
export const makeFastLane = Effect.gen(function* () {
  const answerTo = yield* makeRoutes
  const enveloped = yield* makeEnveloped
  const fork = Runtime.runFork(
    (yield* Effect.runtime()).pipe(
      Runtime.disableRuntimeFlag(RuntimeFlags.RuntimeMetrics),
      Runtime.updateContext(Context.empty)
    )
  )

  return (request: IncomingMessage, response: ServerResponse): boolean => {
    const answer = answerTo(request)
    if (answer === null) return false
    const requestId = requestIdOf(request)
    if (!Effect.isEffect(answer)) {
      write(response, answer, requestId)
      return true
    }
    const fiber = fork(
      Effect.map(enveloped(request, requestId, answer, apiMethods), (made) =>
        write(response, made, requestId)
      )
    )
    if (request.method === "GET") interruptedByClient(response, fiber)
    return true
  }
})
