import { HttpClientRequest } from "@effect/platform"
import { Clock, Context, Duration, Effect, Layer, Option, Redacted, Schema } from "effect"
import type { Product } from "../domain/Product.js"
import { parseProviderTime } from "../domain/ProviderTime.js"
import { isLoopback } from "../domain/Redirects.js"
import { withAttempts } from "./Attempts.js"
import { makeExchange, type ProviderAnswer, rejected } from "./Exchange.js"
import type { ProviderTransport } from "./ProviderTransport.js"
import { GenerateAnswer, type GenerateRequest } from "./VerifyHumanApi.js"
import type { ProviderRejected, VerifyHumanError } from "./VerifyHumanError.js"

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
  /** The publishable key of the mobile REST API. */
  readonly clientKey: Redacted.Redacted | null
  /** Whether keys go into `Authorization` or into a header of their own. */
  readonly authScheme: "bearer" | "x-api-key"
  readonly timeout: Duration.Duration
  readonly deadline: Duration.Duration
  /** The sandbox's origin, where hosted pages may be plain http off loopback, for a phone on the same network. */
  readonly plainHttpOrigin?: string
}

const isSecure = (url: URL, plainHttpOrigin: string | undefined): boolean =>
  url.protocol === "https:" ||
  (url.protocol === "http:" && (isLoopback(url.hostname) || url.origin === plainHttpOrigin))

const decodeGenerateAnswer = Schema.decodeUnknownOption(GenerateAnswer)

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
    /** Asks a product's status endpoint once, within the timeout of one attempt (contract section 8). */
    readonly status: (product: Product, id: string) => Effect.Effect<ProviderAnswer, VerifyHumanError>
  }
>() {
  static readonly layer = (
    options: VerifyHumanOptions
  ): Layer.Layer<VerifyHumanClient, never, ProviderTransport> =>
    Layer.effect(
      VerifyHumanClient,
      Effect.gen(function* () {
        const exchange = yield* makeExchange

        const authorized = (request: HttpClientRequest.HttpClientRequest, key: Redacted.Redacted) =>
          options.authScheme === "bearer"
            ? HttpClientRequest.bearerToken(request, key)
            : HttpClientRequest.setHeader(request, "x-api-key", Redacted.value(key))

        const generateRequest = HttpClientRequest.post(`${options.baseUrl}/hosted/generate`).pipe(
          HttpClientRequest.acceptJson
        )
        const withApiKey = options.apiKey === null ? null : authorized(generateRequest, options.apiKey)

        const hosted = (answer: unknown): Effect.Effect<HostedSession, ProviderRejected> => {
          const decoded = decodeGenerateAnswer(answer)
          if (Option.isNone(decoded)) return rejected("unexpected_shape")
          const { expires_at, hosted_url, token } = decoded.value
          const expiry = parseProviderTime(expires_at)
          if (expiry === null || !URL.canParse(hosted_url)) return rejected("unexpected_shape")
          const url = new URL(hosted_url)
          if (!isSecure(url, options.plainHttpOrigin)) return rejected("insecure_hosted_url")
          return Effect.succeed({ hostedUrl: url.href, token, expiresAt: Date.parse(`${expiry}Z`), answer })
        }

        const withClientKey = (request: HttpClientRequest.HttpClientRequest, key: Redacted.Redacted) =>
          options.authScheme === "bearer"
            ? HttpClientRequest.setHeader(request, "authorization", `ClientKey ${Redacted.value(key)}`)
            : HttpClientRequest.setHeader(request, "x-client-key", Redacted.value(key))

        return {
          generate: (body) => {
            if (withApiKey === null) return rejected("no_api_key")
            const request = HttpClientRequest.bodyUnsafeJson(withApiKey, wireRequest(body))
            return withAttempts(options, (until) =>
              Effect.flatMap(exchange("generate", request, until), ({ json }) => hosted(json))
            )
          },
          status: Effect.fnUntraced(function* (product, id) {
            if (options.clientKey === null) return yield* rejected("no_client_key")
            const path = `/api/mobile/v1/${product}/status/${encodeURIComponent(id)}`
            const request = HttpClientRequest.get(`${options.baseUrl}${path}`).pipe(
              HttpClientRequest.acceptJson
            )
            const until = (yield* Clock.currentTimeMillis) + Duration.toMillis(options.timeout)
            return yield* exchange("status", withClientKey(request, options.clientKey), until)
          })
        }
      })
    )
}
