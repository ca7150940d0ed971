import { HttpClient, HttpClientRequest } from "@effect/platform"
import { Clock, Context, Effect, FiberSet, Layer, Redacted } from "effect"
import { SandboxOptions } from "./SandboxOptions.js"
import type { HostedSandboxSession } from "./SandboxSessions.js"
import { statusOf, type WebhookMessage, webhookHeaders, webhookMessage } from "./WebhookMessage.js"
import { Wire } from "./Wire.js"

/** Seconds between the attempts at one delivery. */
const pauses = [1, 2, 4, 8, 16, 30, 30]

/** The provider's signed webhooks: at least once, any 2xx within 10 s is taken as received. */
export class Deliveries extends Context.Tag("verifyhuman-dropin/Deliveries")<
  Deliveries,
  {
    /** Sends what the session's behaviour makes of its outcome, in the background. */
    readonly announce: (session: HostedSandboxSession, outcome: string) => Effect.Effect<void>
  }
>() {
  static readonly layer: Layer.Layer<Deliveries, never, SandboxOptions | HttpClient.HttpClient | Wire> =
    Layer.scoped(
      Deliveries,
      Effect.gen(function* () {
        const options = yield* SandboxOptions
        const wire = yield* Wire
        const http = HttpClient.withTracerDisabledWhen(yield* HttpClient.HttpClient, () => true)
        const fibers = yield* FiberSet.make()

        const attempt = Effect.fnUntraced(function* (
          session: HostedSandboxSession,
          message: WebhookMessage,
          number: number
        ) {
          const seconds = Math.floor((yield* Clock.currentTimeMillis) / 1000)
          const headers = webhookHeaders(
            message,
            Redacted.value(options.webhookSecret),
            session.behaviour,
            seconds
          )
          const request = HttpClientRequest.post(options.webhookUrl).pipe(
            HttpClientRequest.bodyText(message.body),
            HttpClientRequest.setHeaders(headers)
          )
          const status = yield* http.execute(request).pipe(
            Effect.map((response) => response.status),
            Effect.scoped,
            Effect.timeout("10 seconds"),
            Effect.orElseSucceed(() => null)
          )
          yield* wire.record({
            from: "provider",
            to: "service",
            method: "POST",
            path: URL.canParse(options.webhookUrl)
              ? new URL(options.webhookUrl).pathname
              : options.webhookUrl,
            status,
            note: `webhook, attempt ${number}`,
            token: session.token,
            body: JSON.parse(message.body)
          })
          return status !== null && status >= 200 && status < 300
        })

        const deliver = Effect.fnUntraced(function* (session: HostedSandboxSession, message: WebhookMessage) {
          for (const [index, pause] of [...pauses, 0].entries()) {
            if (yield* attempt(session, message, index + 1)) return
            if (index < pauses.length) yield* Effect.sleep(`${pause} seconds`)
          }
        })

        const play = Effect.fnUntraced(function* (session: HostedSandboxSession, outcome: string) {
          const { behaviour } = session
          const now = yield* Clock.currentTimeMillis
          const review = webhookMessage(session, "PENDING", behaviour, now, 1)
          const verdict = webhookMessage(session, statusOf(outcome), behaviour, now, 2)
          yield* Effect.sleep(`${behaviour.late} seconds`)
          const copies = Array.from({ length: Math.max(1, behaviour.duplicate) }, () =>
            deliver(session, verdict)
          )
          yield* Effect.all(copies, { concurrency: "unbounded", discard: true })
          if (behaviour.reorder) yield* deliver(session, review)
        })

        const lost = (session: HostedSandboxSession) =>
          wire.record({
            from: "provider",
            to: "service",
            method: "POST",
            path: "",
            status: null,
            note: "webhook lost",
            token: session.token,
            body: null
          })

        return {
          announce: (session, outcome) =>
            session.behaviour.lost
              ? lost(session)
              : Effect.asVoid(FiberSet.run(fibers, play(session, outcome)))
        }
      })
    )
}
