import {
  FetchHttpClient,
  type Headers,
  HttpClient,
  type HttpClientRequest,
  type HttpClientResponse
} from "@effect/platform"
import { Clock, Effect, Option, Stream } from "effect"
import { retryAfterMillis } from "../domain/RetryAfter.js"
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

const largestAnswer = 64 * 1024

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

/** The length of the bytes to come, where it is told beforehand. */
const declaredLength = (headers: Headers.Headers): number =>
  headers["content-encoding"] === undefined ? Number(headers["content-length"]) : Number.NaN

const readInParts = ({ stream }: HttpClientResponse.HttpClientResponse) =>
  stream.pipe(
    Stream.mapError(unavailable),
    Stream.runFoldEffect(Buffer.alloc(0), (body, chunk) =>
      body.length + chunk.length > largestAnswer
        ? Effect.fail(rejected("unexpected_shape"))
        : Effect.succeed(Buffer.concat([body, chunk]))
    )
  )

/** As a stream, which costs more than all else of a start, only where it is not told that the answer is short. */
const read = (response: HttpClientResponse.HttpClientResponse): Effect.Effect<Buffer, VerifyHumanError> =>
  declaredLength(response.headers) <= largestAnswer
    ? Effect.mapBoth(response.arrayBuffer, {
        onFailure: unavailable,
        onSuccess: (bytes) => Buffer.from(bytes)
      })
    : readInParts(response)

const readJson = (
  response: HttpClientResponse.HttpClientResponse
): Effect.Effect<ProviderAnswer, VerifyHumanError> =>
  read(response).pipe(
    Effect.flatMap((body) =>
      Effect.try({
        try: () => ({ body, json: JSON.parse(body.toString("utf8")) as unknown }),
        catch: () => rejected("unexpected_shape")
      })
    )
  )

/** One request and its answer, with an error for each way in which it can fail. */
export const makeExchange = Effect.gen(function* () {
  // A scoped request lets go of its connection where an answer is not read to its end.
  const http = HttpClient.withScope(yield* HttpClient.HttpClient).pipe(
    HttpClient.withTracerDisabledWhen(() => true)
  )
  // Of all clients `fetch` alone would carry the key to where a redirect points.
  const forFetch = Option.getOrElse(yield* Effect.serviceOption(FetchHttpClient.RequestInit), () => ({}))
  const notRedirected = Effect.provideService(FetchHttpClient.RequestInit, {
    ...forFetch,
    redirect: "manual" as const
  })

  return Effect.fnUntraced(
    function* (request: HttpClientRequest.HttpClientRequest) {
      const response = yield* Effect.mapError(http.execute(request), unavailable)
      return response.status < 200 || response.status > 299
        ? yield* refusal(response.status, response.headers, yield* Clock.currentTimeMillis)
        : yield* readJson(response)
    },
    Effect.scoped,
    notRedirected
  )
})
