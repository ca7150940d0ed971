import { createServer, type Server } from "node:http"
import { NodeHttpServer } from "@effect/platform-node"
import { Context, Effect, Layer } from "effect"
import { answerUnparsable } from "./Unparsable.js"

/** What a client may take of the listener; times in milliseconds, sizes in bytes. */
export class ListenerLimits extends Context.Reference<ListenerLimits>()("verifyhuman-dropin/ListenerLimits", {
  defaultValue: () => ({
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    /** How late one of these two may be noticed. */
    connectionsCheckingInterval: 5_000,
    keepAliveTimeout: 75_000,
    maxHeaderSize: 16 * 1024,
    maxConnections: 20_000,
    /** How long a shutdown waits for answers that are under way. */
    drainTimeout: 10_000
  })
}) {}

/** The listening socket's own server, for the limits and the shutdown that the framework leaves to it. */
export class NodeListener extends Context.Tag("verifyhuman-dropin/NodeListener")<NodeListener, Server>() {
  static readonly layer: Layer.Layer<NodeListener> = Layer.effect(
    NodeListener,
    Effect.map(ListenerLimits, ({ maxConnections, ...limits }) => {
      const server = createServer({ ...limits, requireHostHeader: false })
      server.maxConnections = maxConnections
      server.on("checkExpectation", (request, response) => server.emit("request", request, response))
      answerUnparsable(server)
      return server
    })
  )
}

export const listen = (options: { readonly host: string; readonly port: number }) =>
  Layer.unwrapEffect(Effect.map(NodeListener, (server) => NodeHttpServer.layer(() => server, options)))
