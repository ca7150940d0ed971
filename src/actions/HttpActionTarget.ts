import { HttpClient, HttpClientRequest, type HttpClientResponse } from "@effect/platform"
import { Clock, Effect, Layer, Redacted, Stream } from "effect"
import type { Action } from "../domain/Action.js"
import { isMetadataHost } from "../domain/MetadataAddress.js"
import { retryAfterMillis } from "../domain/RetryAfter.js"
import { escaped } from "../domain/Text.js"
import { inTrace } from "../telemetry/TraceContext.js"
import { ActionTarget, DeliveryFailed } from "./ActionTarget.js"
import { guardedHttpClient, MetadataAddressRefused, type Resolve } from "./GuardedAgent.js"
import { standardWebhookHeaders } from "./StandardWebhooks.js"

export interface HttpActionTargetOptions {
  readonly url: string
  /** Standard Webhooks secrets, `whsec_<base64>`; each signs. */
  readonly secrets: ReadonlyArray<Redacted.Redacted>
  /** How names become addresses, where it is not by the machine's own resolver. */
  readonly resolve?: Resolve
}

const keptBytes = 2048

/** The beginning of an answer; what does not come soon is not waited for. */
const beginning = (response: HttpClientResponse.HttpClientResponse): Effect.Effect<string> =>
  response.stream.pipe(
    Stream.runFoldWhile(
      Buffer.alloc(0),
      (kept) => kept.length < keptBytes,
      (kept, chunk) => Buffer.concat([kept, chunk.subarray(0, keptBytes)])
    ),
    Effect.map((kept) => escaped(kept.subarray(0, keptBytes).toString("utf8"))),
    Effect.timeoutTo({ duration: "2 seconds", onSuccess: (text) => text, onTimeout: () => "" }),
    Effect.orElseSucceed(() => "")
  )

const failed = (answer: string) =>
  new DeliveryFailed({ gone: false, status: null, answer, retryAfterMillis: null })

const causedBy = (error: unknown, isIt: (cause: unknown) => boolean): boolean =>
  isIt(error) ||
  (typeof error === "object" && error !== null && "cause" in error && causedBy(error.cause, isIt))

const unreachable = (error: unknown) =>
  failed(
    causedBy(error, (cause) => cause instanceof MetadataAddressRefused)
      ? "refused: the name leads to a link-local address"
      : "no answer: the connection failed"
  )

/** Delivers by POST, signed as Standard Webhooks 1.0 (contract section 7). Any 2xx is taken as received. */
export const httpActionTarget = ({
  resolve,
  secrets,
  url
}: HttpActionTargetOptions): Layer.Layer<ActionTarget> =>
  Layer.effect(
    ActionTarget,
    Effect.gen(function* () {
      const http = HttpClient.withTracerPropagation(yield* HttpClient.HttpClient, false).pipe(
        HttpClient.withTracerDisabledWhen(() => true)
      )
      const keys = secrets.map(Redacted.value)
      const isRefused = isMetadataHost(new URL(url).hostname)

      const signed = (action: Action, seconds: number) =>
        HttpClientRequest.post(url).pipe(
          HttpClientRequest.bodyText(action.payload, "application/json"),
          HttpClientRequest.setHeaders({
            "user-agent": "verifyhuman-dropin",
            ...standardWebhookHeaders(action.id, seconds, action.payload, keys)
          })
        )

      return {
        deliver: Effect.fnUntraced(function* (action: Action) {
          if (isRefused) return yield* failed("refused: a link-local address")
          const now = yield* Clock.currentTimeMillis
          const request = signed(action, Math.floor(now / 1000))
          const response = yield* Effect.mapError(http.execute(yield* inTrace(request)), unreachable)
          const { status } = response
          const answer = yield* beginning(response)
          if (status >= 200 && status < 300) return { status, answer }
          return yield* new DeliveryFailed({
            gone: status === 410,
            status,
            answer,
            retryAfterMillis: retryAfterMillis(response.headers["retry-after"], now)
          })
        }, Effect.scoped)
      }
    })
  ).pipe(Layer.provide(guardedHttpClient(resolve)))
