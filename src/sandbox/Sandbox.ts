import { createServer } from "node:http"
import { HttpLayerRouter, HttpMiddleware, HttpServer } from "@effect/platform"
import { NodeHttpClient, NodeHttpServer } from "@effect/platform-node"
import { type Context, Effect, Layer } from "effect"
import { VerifyHumanApi } from "../verifyhuman/VerifyHumanApi.js"
import { BackendLive } from "./Backend.js"
import { CompletionLive } from "./Completion.js"
import { DefaultBehaviour } from "./DefaultBehaviour.js"
import { Deliveries } from "./Deliveries.js"
import { answerFailure } from "./Failures.js"
import { HostedApiLive } from "./HostedApi.js"
import { HostedPageLive } from "./HostedPage.js"
import { IndexLive } from "./Index.js"
import { MobileApiLive } from "./MobileApi.js"
import { SandboxControlLive } from "./SandboxControl.js"
import { SandboxOptions } from "./SandboxOptions.js"
import { SandboxSessions } from "./SandboxSessions.js"
import { Wire } from "./Wire.js"

const routes = Layer.mergeAll(
  HttpLayerRouter.addHttpApi(VerifyHumanApi).pipe(Layer.provide([HostedApiLive, MobileApiLive])),
  IndexLive,
  HostedPageLive,
  CompletionLive,
  BackendLive,
  SandboxControlLive
)

/** With a memory of its own for layers: a router that is shared would serve what other servers of this process have. */
const served = Layer.unwrapScoped(
  HttpLayerRouter.toHttpEffect(routes).pipe(
    Effect.provideServiceEffect(Layer.CurrentMemoMap, Layer.makeMemoMap),
    Effect.map((app) => HttpServer.serve(Effect.catchAllCause(app, answerFailure)))
  )
)

/** A stateful stand-in for VerifyHuman over real HTTP (contract section 10). It verifies nobody. */
export const sandboxLayer = (options: Context.Tag.Service<SandboxOptions>) => {
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 })
  const listener = Layer.scopedDiscard(
    Effect.gen(function* () {
      // The framework listens for WebSockets, and requests that ask for another upgrade would lose their body
      // (those of curl --http2 and of Java's HttpClient do).
      server.removeAllListeners("upgrade")
      // Whoever still follows the wire, or hangs by choice, is not waited for.
      yield* Effect.addFinalizer(() =>
        Effect.sync(() => {
          server.close()
          server.closeAllConnections()
        })
      )
    })
  )
  return listener.pipe(
    Layer.provideMerge(served),
    Layer.provideMerge(NodeHttpServer.layer(() => server, { host: options.host, port: options.port })),
    Layer.provide(Deliveries.layer),
    Layer.provide([SandboxSessions.layer, DefaultBehaviour.layer, Wire.layer, NodeHttpClient.layerUndici]),
    Layer.provide(Layer.succeed(SandboxOptions, options)),
    HttpMiddleware.withTracerDisabledWhen(() => true)
  )
}
