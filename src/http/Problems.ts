import { HttpServerError, type HttpServerResponse } from "@effect/platform"
import { Cause, Effect, Option } from "effect"
import type { ActionNotDead, ActionNotFound } from "../actions/OutboxErrors.js"
import type { StorageUnavailable } from "../domain/StorageUnavailable.js"
import type { SessionNotFound } from "../sessions/SessionErrors.js"
import type { StartError } from "../sessions/Starting.js"
import type { TrackError } from "../sessions/Tracking.js"
import { problems } from "../telemetry/Metrics.js"
import type { EventNotFound, EventNotLinkable } from "../webhooks/InboxErrors.js"
import { invalidRequest } from "./InvalidRequest.js"
import { type MethodTable, methodsOf } from "./Methods.js"
import { type PlainAnswer, responseOf } from "./PlainAnswer.js"
import { Problem } from "./Problem.js"

type UseCaseError =
  | StartError
  | TrackError
  | SessionNotFound
  | EventNotFound
  | EventNotLinkable
  | ActionNotFound
  | ActionNotDead
  | StorageUnavailable

const whyNotLinkable: Readonly<Record<EventNotLinkable["why"], string>> = {
  not_unmatched: "the event is not unmatched",
  wrong_environment: "the event is of another environment",
  wrong_product: "the event is of another product",
  verification_bound: "the event's verification_id belongs to another session"
}

/** What a use case's error is on the wire. */
export const problemOf = (error: UseCaseError): Problem => {
  switch (error._tag) {
    case "InvalidRequest":
      return new Problem({ code: "invalid_request", errors: error.errors })
    case "SessionNotFound":
      return new Problem({ code: "session_not_found" })
    case "SessionInReview":
      return new Problem({ code: "in_review", sessionRef: error.sessionRef })
    case "IdempotencyKeyReused":
      return new Problem({ code: "idempotency_key_reused" })
    case "RateLimited":
      return new Problem({ code: "rate_limited", retryAfterMillis: error.retryAfterMillis })
    case "StartFailed":
      return new Problem({ code: error.failure, retryAfterMillis: error.retryAfterMillis })
    case "AlreadyTracked":
      return new Problem({ code: "already_tracked" })
    case "TrackingNotConfigured":
      return new Problem({
        code: "provider_rejected",
        detail: "this service has no publishable key (VERIFYHUMAN_CLIENT_KEY), so it cannot ask for a status"
      })
    case "EventNotFound":
      return new Problem({ code: "event_not_found" })
    case "EventNotLinkable":
      return new Problem({ code: "event_not_linkable", detail: whyNotLinkable[error.why] })
    case "ActionNotFound":
      return new Problem({ code: "action_not_found" })
    case "ActionNotDead":
      return new Problem({ code: "action_not_dead" })
    case "StorageUnavailable":
      return error.overloaded === true
        ? new Problem({ code: "overloaded" })
        : new Problem({ code: "storage_unavailable", cause: error })
  }
}

/** The same, counted as what came of it. */
export const countedProblem =
  (counter: { readonly add: (result: string) => void }) =>
  (error: UseCaseError): Problem => {
    const problem = problemOf(error)
    counter.add(problem.code)
    return problem
  }

/** A path that cannot be decoded is routed nowhere, whatever its address takes. */
const notRouted = (method: string, path: string, methods: MethodTable): Problem => {
  const allowed = methodsOf(path, methods)
  return allowed === null || allowed.includes(method)
    ? new Problem({ code: "not_found" })
    : new Problem({ code: "method_not_allowed", headers: { allow: allowed.join(", ") } })
}

const logged = (problem: Problem): Effect.Effect<void> =>
  problem.cause === undefined ? Effect.void : Effect.logError(problem.message, Cause.fail(problem.cause))

const answered = (problem: Problem): PlainAnswer => {
  problems.add(problem.code)
  return problem.answer
}

/** The answer to a request that no handler answered: an unknown address, a problem, or a defect. */
export const answerFailure = <E>(
  cause: Cause.Cause<E>,
  path: string,
  methods: MethodTable
): Effect.Effect<PlainAnswer, E> => {
  if (Cause.isInterruptedOnly(cause)) return Effect.failCause(cause)
  const error = Option.getOrUndefined(Cause.failureOption(cause)) ?? Cause.squash(cause)
  if (error instanceof Problem) return Effect.as(logged(error), answered(error))
  if (error instanceof HttpServerError.RouteNotFound) {
    return Effect.succeed(answered(notRouted(error.request.method, path, methods)))
  }
  return Effect.logError("Request failed", cause).pipe(
    Effect.as(answered(new Problem({ code: "internal_error" })))
  )
}

/** The framework answers undecodable parameters by itself and quotes their values: say it our way. */
export const reworded = (
  response: HttpServerResponse.HttpServerResponse
): HttpServerResponse.HttpServerResponse => {
  if (response.status !== 400 || response.body._tag !== "Uint8Array") return response
  const body = JSON.parse(new TextDecoder().decode(response.body.body)) as { _tag?: string; issues?: [] }
  return body._tag === "HttpApiDecodeError"
    ? responseOf(answered(invalidRequest(body.issues ?? [])))
    : response
}
