import {
  FetchHttpClient,
  type Headers,
  HttpClient,
  type HttpClientError,
  type HttpClientRequest,
  type HttpClientResponse
} from "@effect/platform"
import { Cause, Clock, Effect, Exit, Option, Stream } from "effect"
import { retryAfterMillis } from "../domain/RetryAfter.js"
import { providerCallSeconds, providerCalls } from "../telemetry/Metrics.js"
import { inTrace } from "../telemetry/TraceContext.js"
import { Tracing } from "../telemetry/Tracing.js"
import { AnswersAreBounded, largestAnswer } from "./ProviderHttpClient.js"
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

const unavailable = () => new ProviderUnavailable({ retryAfterMillis: null })

const refusal = (status: number, headers: Headers.Headers, now: number): VerifyHumanError => {
  if (status === 402) return new ProviderOutOfCredits()
  if (status === 429 || status >= 500) {
    return new ProviderUnavailable({
      retryAfterMillis: retryAfterMillis(headers["retry-after"], now),
      ...(status === 429 ? { throttled: true } : {})
    })
  }
  return rejected(rejections[status] ?? "unexpected_status", status)
}

type Read = (response: HttpClientResponse.HttpClientResponse) => Effect.Effect<Buffer, VerifyHumanError>

const isTooLong = ({ cause }: HttpClientError.ResponseError) =>
  cause instanceof Error && "code" in cause && cause.code === "UND_ERR_RES_EXCEEDED_MAX_SIZE"

const readAtOnce: Read = ({ arrayBuffer }) =>
  Effect.mapBoth(arrayBuffer, {
    onFailure: (error) => (isTooLong(error) ? rejected("unexpected_shape") : unavailable()),
    onSuccess: (bytes) => Buffer.from(bytes)
  })

const readInParts: Read = ({ stream }) =>
  stream.pipe(
    Stream.mapError(unavailable),
    Stream.runFoldEffect(Buffer.alloc(0), (body, chunk) =>
      body.length + chunk.length > largestAnswer
        ? Effect.fail(rejected("unexpected_shape"))
        : Effect.succeed(Buffer.concat([body, chunk]))
    )
  )

/** Nobody reads the rest of a refusal. Its connection can serve again if it ends soon. */
const letGo = ({ stream }: HttpClientResponse.HttpClientResponse) =>
  stream.pipe(Stream.runDrain, Effect.timeout("1 second"), Effect.ignore, Effect.forkDaemon)

const parsed = (body: Buffer): Effect.Effect<ProviderAnswer, VerifyHumanError> =>
  Effect.try({
    try: () => ({ body, json: JSON.parse(body.toString("utf8")) as unknown }),
    catch: () => rejected("unexpected_shape")
  })

export type ProviderCall = "generate" | "status"

const resultOf: Readonly<Record<VerifyHumanError["_tag"], string>> = {
  ProviderOutOfCredits: "out_of_credits",
  ProviderRejected: "rejected",
  ProviderUnavailable: "unavailable",
  ProviderTimeout: "timeout"
}

const counted = <A>(call: ProviderCall, attempt: Effect.Effect<A, VerifyHumanError>) =>
  Effect.flatMap(Clock.currentTimeMillis, (since) =>
    Effect.onExit(attempt, (exit) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        providerCallSeconds.observe((now - since) / 1000, call)
        providerCalls.add(call, resultIn(exit))
      })
    )
  )

/** An attempt is interrupted when its time is over, or when the service ends. */
const resultIn = (exit: Exit.Exit<unknown, VerifyHumanError>): string => {
  if (Exit.isSuccess(exit)) return "ok"
  const error = Cause.failureOption(exit.cause)
  if (Option.isSome(error)) return resultOf[error.value._tag]
  return Cause.isInterruptedOnly(exit.cause) ? "timeout" : "failed"
}

/** One request and its answer, with an error for each way in which it can fail. */
export const makeExchange = Effect.gen(function* () {
  const { enabled, span } = yield* Tracing
  const http = HttpClient.withTracerDisabledWhen(yield* HttpClient.HttpClient, () => true)
  const read = (yield* AnswersAreBounded) ? readAtOnce : readInParts
  // Of all clients `fetch` alone would carry the key to where a redirect points.
  const forFetch = Option.getOrElse(yield* Effect.serviceOption(FetchHttpClient.RequestInit), () => ({}))
  const notRedirected = Effect.provideService(FetchHttpClient.RequestInit, {
    ...forFetch,
    redirect: "manual" as const
  })

  const exchange = Effect.fnUntraced(function* (request: HttpClientRequest.HttpClientRequest) {
    const response = yield* Effect.mapError(http.execute(request), unavailable)
    if (response.status >= 200 && response.status <= 299) return yield* Effect.flatMap(read(response), parsed)
    yield* letGo(response)
    return yield* refusal(response.status, response.headers, yield* Clock.currentTimeMillis)
  }, notRedirected)

  return (call: ProviderCall, request: HttpClientRequest.HttpClientRequest) =>
    counted(
      call,
      enabled
        ? span(`VerifyHuman ${call}`, { kind: "client" })(Effect.flatMap(inTrace(request), exchange))
        : exchange(request)
    )
})
