import type { ServerResponse } from "node:http"
import type { Socket } from "node:net"
import { Deferred, Effect, Exit, Layer, Option } from "effect"
import { SessionFeed } from "../sessions/SessionFeed.js"
import { ListenerLimits, NodeListener } from "./NodeListener.js"

/** Ends the connection with this answer, which Node would keep for the client's next request. */
const lastOfItsConnection = (response: ServerResponse) => {
  if (response.headersSent) response.once("finish", () => response.req.socket.destroySoon())
  else response.setHeader("connection", "close")
}

/**
 * Shutdown in order: take no new connection, wake whoever waits, let what is in flight be answered, then close
 * what is left. Build it around the served application, so that it is released first.
 */
export const draining: Layer.Layer<never, never, NodeListener | SessionFeed> = Layer.scopedDiscard(
  Effect.gen(function* () {
    const server = yield* NodeListener
    const feed = yield* SessionFeed
    const { drainTimeout } = yield* ListenerLimits
    const connections = new Set<Socket>()
    const underWay = new Set<ServerResponse>()
    const closed = yield* Deferred.make<void>()
    let going = false

    server.on("connection", (socket) => {
      connections.add(socket)
      socket.once("close", () => connections.delete(socket))
    })
    server.prependListener("request", (_request, response) => {
      if (going) lastOfItsConnection(response)
      underWay.add(response)
      response.once("close", () => underWay.delete(response))
    })

    const letGo = Effect.sync(() => {
      going = true
      for (const response of underWay) lastOfItsConnection(response)
      server.close(() => Deferred.unsafeDone(closed, Exit.void))
      // Node takes a connection that never asked for anything as busy with its first request.
      for (const socket of connections) if (socket.bytesRead === 0) socket.destroy()
    })

    yield* Effect.addFinalizer(() =>
      Effect.gen(function* () {
        yield* letGo
        yield* feed.close
        const ended = yield* Effect.timeoutOption(Effect.interruptible(Deferred.await(closed)), drainTimeout)
        if (Option.isNone(ended)) {
          yield* Effect.logWarning(`${connections.size} connections did not end in time and are cut`)
        }
        server.closeAllConnections()
      })
    )
  })
)
