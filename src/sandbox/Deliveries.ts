import { HttpClient, HttpClientRequest } from "@effect/platform"
import { Clock, Context, Effect, FiberSet, Layer, Redacted } from "effect"
import { SandboxOptions } from "./SandboxOptions.js"
import type { HostedSandboxSession } from "./SandboxSessions.js"
import { type WebhookMessage, webhookHeaders, webhookMessage } from "./WebhookMessage.js"
import { Wire } from "./Wire.js"

/** Seconds between the attempts at one delivery: quick at first, then for a quarter of an hour. */
const pauses = [0.5, 1, 2, 4, 8, 16, 30, ...Array.from({ length: 14 }, () => 60)]

const isReceived = (status: number | null) => status !== null && Math.floor(status / 100) === 2

/** The provider's signed webhooks: at least once, any 2xx within 10 s is taken as received. */
export class Deliveries extends Context.Tag("verifyhuman-dropin/Deliveries")<
  Deliveries,
  {
    /** Sends what the session's behaviour makes of its status, in the background. */
    readonly announce: (session: HostedSandboxSession, status: string) => Effect.Effect<void>
  }
>() {
  static readonly layer: Layer.Layer<Deliveries, never, SandboxOptions | HttpClient.HttpClient | Wire> =
    Layer.scoped(
      Deliveries,
      Effect.gen(function* () {
        const { webhookSecret, webhookUrl } = yield* SandboxOptions
        const wire = yield* Wire
        const http = HttpClient.withTracerDisabledWhen(yield* HttpClient.HttpClient, () => true)
        const fibers = yield* FiberSet.make()
        const path = URL.canParse(webhookUrl) ? new URL(webhookUrl).pathname : ""

        const record = (session: HostedSandboxSession, status: number | null, note: string, body: unknown) =>
          wire.record({
            from: "provider",
            to: "service",
            method: "POST",
            path,
            status,
            note,
            token: session.token,
            body
          })

        const attempt = Effect.fnUntraced(function* (session: HostedSandboxSession, message: WebhookMessage) {
          const seconds = Math.floor((yield* Clock.currentTimeMillis) / 1000)
          const headers = webhookHeaders(message, Redacted.value(webhookSecret), session, seconds)
          return yield* http
            .execute(
              HttpClientRequest.post(webhookUrl).pipe(
                HttpClientRequest.bodyText(message.body),
                HttpClientRequest.setHeaders(headers)
              )
            )
            .pipe(
              Effect.map(({ status }) => status),
              Effect.scoped,
              Effect.timeout("10 seconds"),
              Effect.orElseSucceed(() => null)
            )
        })

        const deliver = Effect.fnUntraced(function* (session: HostedSandboxSession, message: WebhookMessage) {
          for (let number = 1; ; number++) {
            const status = yield* attempt(session, message)
            yield* record(session, status, `webhook, attempt ${number}`, JSON.parse(message.body))
            const pause = pauses[number - 1]
            if (isReceived(status) || pause === undefined) return
            yield* Effect.sleep(`${pause} seconds`)
          }
        })

        const play = Effect.fnUntraced(function* (session: HostedSandboxSession, status: string) {
          const { duplicate, late, quirks } = session.behaviour
          const now = yield* Clock.currentTimeMillis
          const verdict = webhookMessage(session, status, now)
          yield* Effect.sleep(`${late} seconds`)
          const copies = Array.from({ length: duplicate }, () => deliver(session, verdict))
          yield* Effect.all(copies, { concurrency: "unbounded", discard: true })
          if (quirks.has("reorder")) yield* deliver(session, webhookMessage(session, "PENDING", now - 1000))
        })

        return {
          announce: (session, status) =>
            session.behaviour.quirks.has("lost")
              ? record(session, null, "webhook lost", null)
              : Effect.asVoid(FiberSet.run(fibers, play(session, status)))
        }
      })
    )
}
