import type { HttpBody, HttpClientRequest } from "@effect/platform"
import { Agent, type Dispatcher, errors } from "@effect/platform-node/Undici"
import { Effect, Layer } from "effect"
import { type Alarms, makeAlarms } from "../time/Alarms.js"
import {
  hasBody,
  largestAnswer,
  letGoMillis,
  ProviderTransport,
  type Sending,
  tooLong,
  unavailable
} from "./ProviderTransport.js"
import { ProviderTimeout } from "./VerifyHumanError.js"

/** A request under way, as undici tells of it. */
class Call implements Dispatcher.DispatchHandler {
  private controller: Dispatcher.DispatchController | null = null
  private givenUp = false
  private status = 0
  private readonly pieces: Array<Buffer> = []

  constructor(private readonly resume: (reply: Sending) => void) {}

  giveUp() {
    this.givenUp = true
    this.controller?.abort(new errors.RequestAbortedError())
  }

  onRequestStart(controller: Dispatcher.DispatchController) {
    this.controller = controller
    if (this.givenUp) controller.abort(new errors.RequestAbortedError())
  }

  onResponseStart(_: unknown, status: number, headers: NodeJS.Dict<string | Array<string>>) {
    this.status = status
    if (status < 200 || hasBody(status)) return
    const [retryAfter] = [headers["retry-after"]].flat()
    const letGo = Effect.delay(
      Effect.sync(() => this.giveUp()),
      letGoMillis
    )
    this.resume(Effect.as(Effect.forkDaemon(letGo), { status, retryAfter, body: null }))
  }

  onResponseData(_: unknown, piece: Buffer) {
    if (hasBody(this.status)) this.pieces.push(piece)
  }

  onResponseEnd() {
    this.resume(
      Effect.succeed({ status: this.status, retryAfter: undefined, body: Buffer.concat(this.pieces) })
    )
  }

  onResponseError(_: unknown, error: Error) {
    this.resume(error instanceof errors.ResponseExceededMaxSizeError ? tooLong() : unavailable())
  }
}

const bytesOf = (body: HttpBody.HttpBody): Uint8Array | null =>
  body._tag === "Uint8Array" ? body.body : null

const sendThrough =
  (agent: Agent, alarms: Alarms) =>
  ({ body, headers, method, url }: HttpClientRequest.HttpClientRequest, until: number): Sending =>
    Effect.async((resume) => {
      const { origin, pathname, search } = new URL(url)
      const call = new Call((reply) => {
        turnOff()
        resume(reply)
      })
      const turnOff = alarms.set(until, () => {
        resume(new ProviderTimeout())
        call.giveUp()
      })
      agent.dispatch(
        {
          origin,
          path: pathname + search,
          method: method as Dispatcher.HttpMethod,
          headers,
          body: bytesOf(body)
        },
        call
      )
      return Effect.sync(() => {
        turnOff()
        call.giveUp()
      })
    })

/**
 * Over connections of its own, straight on undici: what `HttpClient` does for each request (an abort controller, a
 * registration with the collector, a stream of the body) was a fifth of all that a start costs.
 */
export const pooledTransport: Layer.Layer<ProviderTransport> = Layer.scoped(
  ProviderTransport,
  Effect.gen(function* () {
    const agent = yield* Effect.acquireRelease(
      Effect.sync(() => new Agent({ maxResponseSize: largestAnswer, headersTimeout: 0, bodyTimeout: 0 })),
      (agent) => Effect.promise(() => agent.destroy())
    )
    return { send: sendThrough(agent, yield* makeAlarms) }
  })
)
