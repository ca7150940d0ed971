import {
  createServer,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerResponse
} from "node:http"
import type { AddressInfo, Socket } from "node:net"
import { Duration, Effect, Layer, Random, Redacted } from "effect"
import { pooledTransport } from "../../src/verifyhuman/PooledTransport.js"
import type { ProviderTransport } from "../../src/verifyhuman/ProviderTransport.js"
import {
  type HostedRequest,
  VerifyHumanClient,
  type VerifyHumanOptions
} from "../../src/verifyhuman/VerifyHumanClient.js"
import { unique } from "../suites/fixtures.js"

export interface Received {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly socket: Socket
}

/** How one request is answered. */
export type Play = (response: ServerResponse) => void

export const answers =
  (status: number, body: unknown, headers: OutgoingHttpHeaders = {}): Play =>
  (response) =>
    response
      .writeHead(status, { "content-type": "application/json", ...headers })
      .end(typeof body === "string" ? body : JSON.stringify(body))

export const hang: Play = () => {}

/** A server that answers its requests by the given plays in turn, of which the last repeats. */
export const provider = (first: Play, ...others: ReadonlyArray<Play>) =>
  Effect.acquireRelease(
    Effect.async<{
      readonly url: string
      readonly received: ReadonlyArray<Received>
      readonly close: () => void
    }>((resume) => {
      const received: Array<Received> = []
      const server = createServer((request, response) => {
        const chunks: Array<Buffer> = []
        request.on("data", (chunk: Buffer) => chunks.push(chunk))
        request.on("end", () => {
          const { headers, method, socket, url } = request
          const body = Buffer.concat(chunks).toString()
          const index = received.push({ method, url, headers, body, socket }) - 1
          const play = [first, ...others][index] ?? others.at(-1) ?? first
          play(response)
        })
      })
      const close = () => {
        server.close()
        server.closeAllConnections()
      }
      server.listen(0, "127.0.0.1", () => {
        const { port } = server.address() as AddressInfo
        resume(Effect.succeed({ url: `http://127.0.0.1:${port}`, received, close }))
      })
    }),
    ({ close }) => Effect.sync(close)
  )

/** The answer of the contract's provider, with a token of its own. */
export const aSessionAnswer = (overrides: Readonly<Record<string, unknown>> = {}) => {
  const token = unique("tok-")
  return {
    hosted_url: `https://app.verifyhuman.io/hosted/v/${token}`,
    token,
    expires_at: "2199-05-17T11:30:00Z",
    ...overrides
  }
}

export const aRequest: HostedRequest = {
  product: "verifyidentity",
  redirectUrl: null,
  failureRedirectUrl: null,
  expiresInHours: 1,
  pageTitle: null,
  successMessage: null,
  failureMessage: null
}

export const clientKey = "pk_demo_a-key-that-an-app-may-have"
export const apiKey = "vhk_live_a-key-that-nobody-may-see"

const options: Omit<VerifyHumanOptions, "baseUrl"> = {
  apiKey: Redacted.make(apiKey),
  clientKey: Redacted.make(clientKey),
  authScheme: "bearer",
  timeout: Duration.seconds(10),
  deadline: Duration.seconds(20)
}

export const impatient = { timeout: Duration.millis(300), deadline: Duration.millis(1200) }

export const clientOf = (
  baseUrl: string,
  overrides: Partial<VerifyHumanOptions> = {},
  transport: Layer.Layer<ProviderTransport> = pooledTransport
) => Layer.provide(VerifyHumanClient.layer({ ...options, baseUrl, ...overrides }), transport)

/** Without jitter: no attempt begins so late that a slow machine would not let it end. */
export const generate = (request: HostedRequest = aRequest) =>
  Effect.flatMap(VerifyHumanClient, (client) => client.generate(request)).pipe(
    Effect.withRandom(Random.fixed([0]))
  )
