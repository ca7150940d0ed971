import type { Server, ServerResponse } from "node:http"
import type { Socket } from "node:net"
import { Effect, Layer, Option } from "effect"
import { SessionFeed } from "../sessions/SessionFeed.js"
import { ListenerLimits, NodeListener } from "./NodeListener.js"

const closed = (server: Server) =>
  Effect.async<void>((resume) => {
    server.close(() => resume(Effect.void))
  })

/** Ends the connection with this answer, which Node would keep for the client's next request. */
const lastOfItsConnection = (response: ServerResponse) => {
  if (response.headersSent) response.once("finish", () => response.req.socket.destroySoon())
  else response.setHeader("connection", "close")
}

/**
 * Shutdown in order: wake whoever waits, take no new connection, let what is in flight be answered, then close
 * what is left. Build it around the served application, so that it is released first.
 */
export const draining: Layer.Layer<never, never, NodeListener | SessionFeed> = Layer.scopedDiscard(
  Effect.gen(function* () {
    const server = yield* NodeListener
    const feed = yield* SessionFeed
    const { drainTimeout } = yield* ListenerLimits
    const connections = new Set<Socket>()
    const underWay = new Set<ServerResponse>()
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
      server.closeIdleConnections()
      // Node takes a connection that never asked for anything as busy with its first request.
      for (const socket of connections) if (socket.bytesRead === 0) socket.destroy()
    })

    yield* Effect.addFinalizer(() =>
      Effect.gen(function* () {
        yield* letGo
        yield* feed.close
        const ended = yield* Effect.timeoutOption(Effect.interruptible(closed(server)), drainTimeout)
        if (Option.isNone(ended)) {
          yield* Effect.logWarning(`${connections.size} connections did not end in time and are cut`)
        }
        server.closeAllConnections()
      })
    )
  })
)
