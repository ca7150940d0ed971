import {
  FetchHttpClient,
  HttpClient,
  type HttpClientRequest,
  type HttpClientResponse
} from "@effect/platform"
import { Clock, Effect, Fiber, Layer, Option, Stream } from "effect"
import {
  hasBody,
  largestAnswer,
  letGoMillis,
  ProviderTransport,
  type Sending,
  tooLong,
  unavailable
} from "./ProviderTransport.js"
import { ProviderTimeout } from "./VerifyHumanError.js"

type Response = HttpClientResponse.HttpClientResponse

const read = ({ stream }: Response) =>
  stream.pipe(
    Stream.mapError(unavailable),
    Stream.runFoldEffect(Buffer.alloc(0), (body, piece) =>
      body.length + piece.length > largestAnswer ? tooLong() : Effect.succeed(Buffer.concat([body, piece]))
    )
  )

/** Nobody reads the rest of a refusal. Its connection can serve again if it ends soon. */
const letGo = ({ stream }: Response) =>
  stream.pipe(Stream.runDrain, Effect.timeout(letGoMillis), Effect.ignore, Effect.forkDaemon)

/** In a fiber of its own, so that it can be ended though its caller may not be, and goes on though somebody tries to end that. */
const within =
  (until: number) =>
  (sending: Sending): Sending =>
    Effect.uninterruptibleMask((restore) =>
      Effect.gen(function* () {
        const duration = Math.max(0, until - (yield* Clock.currentTimeMillis))
        const limited = Effect.timeoutFail(sending, { duration, onTimeout: () => new ProviderTimeout() })
        const fiber = yield* Effect.forkDaemon(Effect.interruptible(limited))
        return yield* Effect.onInterrupt(restore(Fiber.join(fiber)), () => Fiber.interrupt(fiber))
      })
    )

/** Over an `HttpClient`, for whoever has one that must be used: a proxy's, one with certificates, a recorded one. */
export const httpClientTransport: Layer.Layer<ProviderTransport, never, HttpClient.HttpClient> = Layer.effect(
  ProviderTransport,
  Effect.gen(function* () {
    const http = HttpClient.withTracerDisabledWhen(yield* HttpClient.HttpClient, () => true)
    // Of all clients `fetch` alone would carry the key to where a redirect points.
    const forFetch = Option.getOrElse(yield* Effect.serviceOption(FetchHttpClient.RequestInit), () => ({}))
    const notRedirected = Effect.provideService(FetchHttpClient.RequestInit, {
      ...forFetch,
      redirect: "manual" as const
    })

    const exchange = Effect.fnUntraced(function* (request: HttpClientRequest.HttpClientRequest) {
      const response = yield* Effect.mapError(http.execute(request), unavailable)
      const { headers, status } = response
      if (hasBody(status)) return { status, retryAfter: undefined, body: yield* read(response) }
      yield* letGo(response)
      return { status, retryAfter: headers["retry-after"], body: null }
    }, notRedirected)

    return { send: (request, until) => exchange(request).pipe(within(until)) }
  })
)
