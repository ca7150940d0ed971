import { Effect } from "effect"
import { Webhook } from "standardwebhooks"
import { listening } from "../http/listening.js"

export interface ReceivedAction {
  readonly id: string
  readonly sessionRef: string
  readonly status: string
  readonly sequence: number
}

/**
 * The team's system: until it recovers it fails on the first copy of every third action, and it believes nothing that
 * is not signed with its secret. One failure for each action, because the second pause is five minutes.
 */
export const actionReceiver = (secret: string) =>
  Effect.gen(function* () {
    const taken: Array<ReceivedAction> = []
    const refused: Array<unknown> = []
    const webhook = new Webhook(secret)
    const seen = new Set<string>()
    let failures = 0
    let recovered = false
    const fails = (id: string): boolean => {
      if (recovered || seen.has(id)) return false
      seen.add(id)
      return seen.size % 3 === 1
    }
    const url = yield* listening((request, response) => {
      const chunks: Array<Buffer> = []
      request.on("data", (chunk: Buffer) => chunks.push(chunk))
      request.on("end", () => {
        const headers = request.headers as Record<string, string>
        const id = headers["webhook-id"] ?? ""
        if (fails(id)) {
          failures++
          return response.writeHead(503).end()
        }
        try {
          const { data } = webhook.verify(Buffer.concat(chunks).toString("utf8"), headers) as {
            readonly data: { session_ref: string; status: string; sequence: number }
          }
          const { sequence, session_ref: sessionRef, status } = data
          taken.push({ id, sessionRef, status, sequence })
          response.writeHead(204).end()
        } catch (error) {
          refused.push(error)
          response.writeHead(400).end()
        }
      })
    })
    return {
      url: `${url}/actions`,
      taken,
      refused,
      failures: () => failures,
      recover: () => {
        recovered = true
      }
    }
  })
