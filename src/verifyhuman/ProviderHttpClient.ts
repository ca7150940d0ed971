import type { HttpClient } from "@effect/platform"
import { NodeHttpClient } from "@effect/platform-node"
import { Agent } from "@effect/platform-node/Undici"
import { Context, Effect, Layer } from "effect"

/** The longest answer that is read, in bytes. */
export const largestAnswer = 64 * 1024

/** Whether the HTTP client gives up an answer that is longer. If not, answers are read in parts: twice the price of a start. */
export class AnswersAreBounded extends Context.Reference<AnswersAreBounded>()(
  "verifyhuman-dropin/AnswersAreBounded",
  { defaultValue: () => false }
) {}

/** A pool of connections to the provider, which reads no more of an answer than is of use. */
export const providerHttpClient: Layer.Layer<HttpClient.HttpClient | AnswersAreBounded> = Layer.merge(
  Layer.succeed(AnswersAreBounded, true),
  NodeHttpClient.layerUndiciWithoutDispatcher.pipe(
    Layer.provide(
      Layer.scoped(
        NodeHttpClient.Dispatcher,
        Effect.acquireRelease(
          Effect.sync(() => new Agent({ maxResponseSize: largestAnswer })),
          (agent) => Effect.promise(() => agent.destroy())
        )
      )
    )
  )
)
