import { HttpServerError, type HttpServerResponse } from "@effect/platform"
import { Cause, Effect, Option } from "effect"
import { Refused } from "./Refused.js"

const path = (url: string) => url.split("?", 1)[0] ?? ""

/** The answer to a request that no handler answered. */
export const answerFailure = <E>(
  cause: Cause.Cause<E>
): Effect.Effect<HttpServerResponse.HttpServerResponse, E> => {
  if (Cause.isInterruptedOnly(cause)) return Effect.failCause(cause)
  const error = Option.getOrUndefined(Cause.failureOption(cause))
  if (error instanceof HttpServerError.RouteNotFound) {
    const { method, url } = error.request
    return Effect.succeed(new Refused({ status: 404, error: `There is no ${method} ${path(url)}` }).response)
  }
  return Effect.logError("The sandbox failed", cause).pipe(
    Effect.as(new Refused({ status: 500, error: "The sandbox failed" }).response)
  )
}
