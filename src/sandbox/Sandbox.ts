import { createServer } from "node:http"
import { HttpLayerRouter, HttpMiddleware } from "@effect/platform"
import { NodeHttpClient, NodeHttpServer } from "@effect/platform-node"
import { type Context, Effect, Layer } from "effect"
import { VerifyHumanApi } from "../verifyhuman/VerifyHumanApi.js"
import { DefaultBehaviour } from "./DefaultBehaviour.js"
import { Deliveries } from "./Deliveries.js"
import { HostedPageLive } from "./HostedPage.js"
import { ProviderLive } from "./Provider.js"
import { SandboxControlLive } from "./SandboxControl.js"
import { SandboxOptions } from "./SandboxOptions.js"
import { SandboxSessions } from "./SandboxSessions.js"
import { Wire } from "./Wire.js"

const routes = Layer.mergeAll(
  HttpLayerRouter.addHttpApi(VerifyHumanApi).pipe(Layer.provide(ProviderLive)),
  HostedPageLive,
  SandboxControlLive
)

/** A stateful stand-in for VerifyHuman over real HTTP (contract section 10). It verifies nobody. */
export const sandboxLayer = (options: Context.Tag.Service<SandboxOptions>) => {
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 })
  const endsConnections = Layer.scopedDiscard(
    Effect.addFinalizer(() => Effect.sync(() => server.closeAllConnections()))
  )
  return endsConnections.pipe(
    Layer.provideMerge(HttpLayerRouter.serve(routes, { disableLogger: true, disableListenLog: true })),
    Layer.provideMerge(NodeHttpServer.layer(() => server, { host: options.host, port: options.port })),
    Layer.provide(Deliveries.layer),
    Layer.provide([SandboxSessions.layer, DefaultBehaviour.layer, Wire.layer, NodeHttpClient.layerUndici]),
    Layer.provide(Layer.succeed(SandboxOptions, options)),
    HttpMiddleware.withTracerDisabledWhen(() => true)
  )
}
