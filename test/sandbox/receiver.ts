import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { Effect, Queue, type Scope } from "effect"

/** A webhook as a backend in any language sees it. */
export interface Delivery {
  readonly headers: Readonly<Record<string, string>>
  readonly bytes: Buffer
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the wire holds
  readonly json: any
}

export interface Receiver {
  readonly url: string
  /** The next delivery, whenever it comes. */
  readonly next: Effect.Effect<Delivery>
  /** What it does to the next deliveries; 200 when it is told nothing. */
  readonly answers: Array<number | "cut">
}

/** A backend of the test's own, on a socket of its own. */
export const aReceiver: Effect.Effect<Receiver, never, Scope.Scope> = Effect.gen(function* () {
  const deliveries = yield* Queue.unbounded<Delivery>()
  const answers: Array<number | "cut"> = []
  const server = yield* Effect.acquireRelease(
    Effect.async<ReturnType<typeof createServer>>((resume) => {
      const server = createServer((request, response) => {
        const chunks: Array<Buffer> = []
        request.on("data", (chunk) => chunks.push(chunk))
        request.on("end", () => {
          const bytes = Buffer.concat(chunks)
          const headers = request.headers as Record<string, string>
          Queue.unsafeOffer(deliveries, { headers, bytes, json: JSON.parse(bytes.toString("utf8")) })
          const answer = answers.shift() ?? 200
          if (answer === "cut") request.socket.destroy()
          else response.writeHead(answer, { location: "/elsewhere" }).end()
        })
      }).listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
    }),
    (server) =>
      Effect.async<void>((resume) => {
        server.close(() => resume(Effect.void))
        server.closeAllConnections()
      })
  )
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/webhooks?key=in-the-query`, next: Queue.take(deliveries), answers }
})
