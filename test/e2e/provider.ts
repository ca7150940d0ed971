import type { IncomingHttpHeaders, ServerResponse } from "node:http"
import { Effect } from "effect"
import { listening } from "../http/listening.js"
import { unique } from "../suites/fixtures.js"

/** A provider that makes a hosted session of every request, or keeps whoever asks waiting. */
export interface ProviderStub {
  readonly url: string
  /** The headers of each request that came. */
  readonly received: Array<IncomingHttpHeaders>
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
  const received: Array<IncomingHttpHeaders> = []
  let holding = false
  const url = yield* listening((request, response) => {
    received.push(request.headers)
    request.resume().on("end", () => (holding ? waiting.push(response) : answer(response)))
  })
  const stub: ProviderStub = {
    url,
    received,
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
