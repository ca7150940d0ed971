import { Effect, Queue, type Scope } from "effect"
import { listening } from "../http/listening.js"

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
  const url = yield* listening((request, response) => {
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
  })
  return { url: `${url}/webhooks?key=in-the-query`, next: Queue.take(deliveries), answers }
})
