import { HttpClientRequest, HttpTraceContext } from "@effect/platform"
import { Effect, Option } from "effect"

/** Lets the trace go on where the request goes (W3C Trace Context); outside of a span it stays as it is. */
export const inTrace = (
  request: HttpClientRequest.HttpClientRequest
): Effect.Effect<HttpClientRequest.HttpClientRequest> =>
  Effect.map(Effect.option(Effect.currentSpan), (span) =>
    Option.isNone(span)
      ? request
      : HttpClientRequest.setHeader(
          request,
          "traceparent",
          HttpTraceContext.toHeaders(span.value)["traceparent"] ?? ""
        )
  )
