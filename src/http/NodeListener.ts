import { createServer, type Server } from "node:http"
import type { Socket } from "node:net"
import { NodeHttpServer } from "@effect/platform-node"
import { Context, Effect, Layer } from "effect"
import { SessionFeed } from "../sessions/SessionFeed.js"
import { Problem, type ProblemCode, problemContentType } from "./Problem.js"

/** The listening socket's own server, for the limits and the shutdown that the framework leaves to it. */
export class NodeListener extends Context.Tag("verifyhuman-dropin/NodeListener")<NodeListener, Server>() {
  static readonly layer: Layer.Layer<NodeListener> = Layer.sync(NodeListener, () => {
    const server = createServer({
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      keepAliveTimeout: 75_000,
      connectionsCheckingInterval: 5_000,
      maxHeaderSize: 16 * 1024
    })
    server.maxConnections = 20_000
    server.on("clientError", answerUnparsable)
    return server
  })
}

const codes: Readonly<Record<string, ProblemCode>> = {
  HPE_HEADER_OVERFLOW: "request_header_fields_too_large"
}

/** What cannot be parsed as HTTP never reaches a handler: answer it here, as a problem too. */
const answerUnparsable = (error: Error & { code?: string }, socket: Socket) => {
  if (error.code === "ECONNRESET" || !socket.writable) return socket.destroy()
  const { body, message, status } = new Problem({ code: codes[error.code ?? ""] ?? "invalid_request" })
  socket.end(
    `HTTP/1.1 ${status} ${message}\r\nContent-Type: ${problemContentType}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`
  )
}

export const listen = (options: { readonly host: string; readonly port: number }) =>
  Layer.unwrapEffect(Effect.map(NodeListener, (server) => NodeHttpServer.layer(() => server, options)))

const patience = "10 seconds"

const closeListener = (server: Server) =>
  Effect.async<void>((resume) => {
    server.close(() => resume(Effect.void))
    server.closeIdleConnections()
  })

/**
 * Shutdown in order: wake whoever waits, take no new connection, let what is in flight be answered, then close
 * what is left. Build it around the served application, so that it is released first.
 */
export const draining: Layer.Layer<never, never, NodeListener | SessionFeed> = Layer.scopedDiscard(
  Effect.gen(function* () {
    const server = yield* NodeListener
    const feed = yield* SessionFeed
    let going = false
    server.prependListener("request", (_request, response) => {
      if (going) response.setHeader("connection", "close")
    })
    yield* Effect.addFinalizer(() =>
      Effect.gen(function* () {
        going = true
        yield* feed.close
        yield* Effect.timeoutOption(closeListener(server), patience)
        server.closeAllConnections()
      })
    )
  })
)
