import { createServer, type ServerResponse } from "node:http"
import { Effect } from "effect"
import { unique } from "../suites/fixtures.js"

/** A provider that makes a hosted session of every request, or keeps whoever asks waiting. */
export interface ProviderStub {
  readonly url: string
  /** How many requests wait for an answer. */
  readonly held: () => number
  /** From now on requests wait, until `release`. */
  readonly hold: () => void
  readonly release: () => void
}

const answer = (response: ServerResponse) => {
  const token = unique("tok-")
  response.writeHead(201, { "content-type": "application/json" }).end(
    JSON.stringify({
      hosted_url: `https://app.verifyhuman.io/hosted/v/${token}`,
      token,
      expires_at: new Date(Date.now() + 3_600_000).toISOString()
    })
  )
}

export const providerStub = Effect.gen(function* () {
  const waiting: Array<ServerResponse> = []
  let holding = false
  const server = yield* Effect.acquireRelease(
    Effect.async<ReturnType<typeof createServer>>((resume) => {
      const server = createServer((request, response) => {
        request.resume().on("end", () => (holding ? waiting.push(response) : answer(response)))
      })
      server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
    }),
    (server) =>
      Effect.sync(() => {
        server.close()
        server.closeAllConnections()
      })
  )
  const address = server.address()
  const stub: ProviderStub = {
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`,
    held: () => waiting.length,
    hold: () => {
      holding = true
    },
    release: () => {
      holding = false
      for (const response of waiting.splice(0)) answer(response)
    }
  }
  return stub
})
