import {
  FetchHttpClient,
  type Headers,
  HttpClient,
  HttpClientRequest,
  type HttpClientResponse
} from "@effect/platform"
import { Clock, Context, type Duration, Effect, Layer, Option, Redacted, Schema, Stream } from "effect"
import type { Product } from "../domain/Product.js"
import { parseProviderTime } from "../domain/ProviderTime.js"
import { isLoopback } from "../domain/Redirects.js"
import { withAttempts } from "./Attempts.js"
import { retryAfterMillis } from "./RetryAfter.js"
import { GenerateAnswer, type GenerateRequest } from "./VerifyHumanApi.js"
import {
  ProviderOutOfCredits,
  ProviderRejected,
  ProviderUnavailable,
  type RejectionReason,
  type VerifyHumanError
} from "./VerifyHumanError.js"

/** A hosted session as the service wants it. */
export interface HostedRequest {
  readonly product: Product
  readonly redirectUrl: string | null
  readonly failureRedirectUrl: string | null
  readonly expiresInHours: number
  readonly pageTitle: string | null
  readonly successMessage: string | null
  readonly failureMessage: string | null
}

/** A hosted session as the provider made it. */
export interface HostedSession {
  readonly hostedUrl: string
  readonly token: string
  /** Milliseconds since the epoch, UTC. */
  readonly expiresAt: number
  /** The whole answer: any reference to the session that it carries can correlate a webhook. */
  readonly answer: unknown
}

export interface VerifyHumanOptions {
  readonly baseUrl: string
  readonly apiKey: Redacted.Redacted | null
  readonly authScheme: "bearer" | "x-api-key"
  readonly timeout: Duration.Duration
  readonly deadline: Duration.Duration
  /** The sandbox's origin, where hosted pages may be plain http off loopback, for a phone on the same network. */
  readonly plainHttpOrigin?: string
}

const largestAnswer = 64 * 1024

const rejections: Readonly<Record<number, RejectionReason>> = {
  400: "bad_request",
  401: "key_not_accepted",
  403: "key_not_accepted",
  404: "not_found",
  422: "bad_request"
}

const rejected = (why: RejectionReason, status: number | null = null) => new ProviderRejected({ why, status })

const refusal = (status: number, headers: Headers.Headers, now: number): VerifyHumanError => {
  if (status === 402) return new ProviderOutOfCredits()
  if (status === 429 || status >= 500) {
    return new ProviderUnavailable({ retryAfterMillis: retryAfterMillis(headers["retry-after"], now) })
  }
  return rejected(rejections[status] ?? "unexpected_status", status)
}

const readJson = (
  response: HttpClientResponse.HttpClientResponse
): Effect.Effect<unknown, VerifyHumanError> =>
  response.stream.pipe(
    Stream.mapError(() => new ProviderUnavailable({ retryAfterMillis: null })),
    Stream.runFoldEffect(Buffer.alloc(0), (body, chunk) =>
      body.length + chunk.length > largestAnswer
        ? Effect.fail(rejected("unexpected_shape"))
        : Effect.succeed(Buffer.concat([body, chunk]))
    ),
    Effect.flatMap((body) =>
      Effect.try({
        try: () => JSON.parse(body.toString("utf8")) as unknown,
        catch: () => rejected("unexpected_shape")
      })
    )
  )

const isSecure = (url: URL, plainHttpOrigin: string | undefined): boolean =>
  url.protocol === "https:" ||
  (url.protocol === "http:" && (isLoopback(url.hostname) || url.origin === plainHttpOrigin))

const present = <A>(value: A | null): A | undefined => value ?? undefined

const wireRequest = (request: HostedRequest): typeof GenerateRequest.Type => ({
  product: request.product,
  expires_in_hours: request.expiresInHours,
  redirect_url: present(request.redirectUrl),
  failure_redirect_url: present(request.failureRedirectUrl),
  page_title: present(request.pageTitle),
  success_message: present(request.successMessage),
  failure_message: present(request.failureMessage)
})

/** VerifyHuman's server API (contract section 3): one call, with retries only where they can help. */
export class VerifyHumanClient extends Context.Tag("verifyhuman-dropin/VerifyHumanClient")<
  VerifyHumanClient,
  {
    readonly generate: (request: HostedRequest) => Effect.Effect<HostedSession, VerifyHumanError>
  }
>() {
  static readonly layer = (
    options: VerifyHumanOptions
  ): Layer.Layer<VerifyHumanClient, never, HttpClient.HttpClient> =>
    Layer.effect(
      VerifyHumanClient,
      Effect.gen(function* () {
        // A scoped request lets go of its connection where an answer is not read to its end.
        const http = HttpClient.withScope(yield* HttpClient.HttpClient).pipe(
          HttpClient.withTracerDisabledWhen(() => true)
        )
        // Of all clients `fetch` alone would carry the key to where a redirect points.
        const forFetch = Option.getOrElse(
          yield* Effect.serviceOption(FetchHttpClient.RequestInit),
          () => ({})
        )
        const notRedirected = Effect.provideService(FetchHttpClient.RequestInit, {
          ...forFetch,
          redirect: "manual" as const
        })

        const authorized = (request: HttpClientRequest.HttpClientRequest, key: Redacted.Redacted) =>
          options.authScheme === "bearer"
            ? HttpClientRequest.bearerToken(request, key)
            : HttpClientRequest.setHeader(request, "x-api-key", Redacted.value(key))

        const hosted = Effect.fnUntraced(function* (answer: unknown) {
          const decoded = Schema.decodeUnknownOption(GenerateAnswer)(answer)
          if (Option.isNone(decoded)) return yield* rejected("unexpected_shape")
          const { expires_at, hosted_url, token } = decoded.value
          const expiry = parseProviderTime(expires_at)
          if (expiry === null || !URL.canParse(hosted_url)) return yield* rejected("unexpected_shape")
          const url = new URL(hosted_url)
          if (!isSecure(url, options.plainHttpOrigin)) return yield* rejected("insecure_hosted_url")
          const expiresAt = Date.parse(`${expiry}Z`)
          if (expiresAt <= (yield* Clock.currentTimeMillis)) return yield* rejected("already_expired")
          return { hostedUrl: url.href, token, expiresAt, answer }
        })

        const attempt = Effect.fnUntraced(
          function* (request: HttpClientRequest.HttpClientRequest) {
            const response = yield* Effect.mapError(
              http.execute(request),
              () => new ProviderUnavailable({ retryAfterMillis: null })
            )
            if (response.status < 200 || response.status > 299) {
              return yield* refusal(response.status, response.headers, yield* Clock.currentTimeMillis)
            }
            return yield* hosted(yield* readJson(response))
          },
          Effect.scoped,
          notRedirected,
          withAttempts(options)
        )

        return {
          generate: Effect.fn("VerifyHumanClient.generate")(function* (request) {
            if (options.apiKey === null) return yield* rejected("no_api_key")
            return yield* attempt(
              HttpClientRequest.post(`${options.baseUrl}/hosted/generate`).pipe(
                HttpClientRequest.acceptJson,
                HttpClientRequest.bodyUnsafeJson(wireRequest(request)),
                (unsigned) => authorized(unsigned, options.apiKey as Redacted.Redacted)
              )
            )
          })
        }
      })
    )
}
