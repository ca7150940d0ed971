import type { HttpClientRequest } from "@effect/platform"
import { Cause, Clock, Effect, Exit, Option } from "effect"
import { retryAfterMillis } from "../domain/RetryAfter.js"
import { providerCallSeconds, providerCalls } from "../telemetry/Metrics.js"
import { inTrace } from "../telemetry/TraceContext.js"
import { Tracing } from "../telemetry/Tracing.js"
import { type ProviderReply, ProviderTransport } from "./ProviderTransport.js"
import {
  ProviderOutOfCredits,
  ProviderRejected,
  ProviderUnavailable,
  type RejectionReason,
  type VerifyHumanError
} from "./VerifyHumanError.js"

/** A 2xx answer, to the byte and as JSON. */
export interface ProviderAnswer {
  readonly body: Uint8Array
  readonly json: unknown
}

const rejections: Readonly<Record<number, RejectionReason>> = {
  400: "bad_request",
  401: "key_not_accepted",
  403: "key_not_accepted",
  404: "not_found",
  422: "bad_request"
}

export const rejected = (why: RejectionReason, status: number | null = null) =>
  new ProviderRejected({ why, status })

const refusal = (
  status: number,
  retryAfter: string | undefined,
  now: number
): Effect.Effect<never, VerifyHumanError> => {
  if (status === 402) return new ProviderOutOfCredits()
  if (status === 429 || status >= 500) {
    return new ProviderUnavailable({
      retryAfterMillis: retryAfterMillis(retryAfter, now),
      ...(status === 429 ? { throttled: true } : {})
    })
  }
  return rejected(rejections[status] ?? "unexpected_status", status)
}

const parsed = (body: Buffer): Effect.Effect<ProviderAnswer, VerifyHumanError> =>
  Effect.try({
    try: () => ({ body, json: JSON.parse(body.toString("utf8")) as unknown }),
    catch: () => rejected("unexpected_shape")
  })

const judged = ({
  body,
  retryAfter,
  status
}: ProviderReply): Effect.Effect<ProviderAnswer, VerifyHumanError> =>
  body === null
    ? Effect.flatMap(Clock.currentTimeMillis, (now) => refusal(status, retryAfter, now))
    : parsed(body)

export type ProviderCall = "generate" | "status"

const resultOf: Readonly<Record<VerifyHumanError["_tag"], string>> = {
  ProviderOutOfCredits: "out_of_credits",
  ProviderRejected: "rejected",
  ProviderUnavailable: "unavailable",
  ProviderTimeout: "timeout"
}

const counted = <A>(call: ProviderCall, attempt: Effect.Effect<A, VerifyHumanError>) =>
  Effect.clockWith((clock) => {
    const since = clock.unsafeCurrentTimeMillis()
    return Effect.onExit(attempt, (exit) =>
      Effect.sync(() => {
        providerCallSeconds.observe((clock.unsafeCurrentTimeMillis() - since) / 1000, call)
        providerCalls.add(call, resultIn(exit))
      })
    )
  })

/** An attempt is interrupted when whoever asked has no more time for it, or when the service ends. */
const resultIn = (exit: Exit.Exit<unknown, VerifyHumanError>): string => {
  if (Exit.isSuccess(exit)) return "ok"
  const error = Cause.failureOption(exit.cause)
  if (Option.isSome(error)) return resultOf[error.value._tag]
  return Cause.isInterruptedOnly(exit.cause) ? "timeout" : "failed"
}

/** One request and its answer, with an error for each way in which it can fail. */
export const makeExchange = Effect.gen(function* () {
  const { enabled, span } = yield* Tracing
  const { send } = yield* ProviderTransport

  const exchange = (request: HttpClientRequest.HttpClientRequest, until: number) =>
    Effect.flatMap(send(request, until), judged)

  return (call: ProviderCall, request: HttpClientRequest.HttpClientRequest, until: number) =>
    counted(
      call,
      enabled
        ? span(`VerifyHuman ${call}`, { kind: "client" })(
            Effect.flatMap(inTrace(request), (traced) => exchange(traced, until))
          )
        : exchange(request, until)
    )
})
