import type { ServerResponse } from "node:http"
import { Effect } from "effect"
import { listening } from "../http/listening.js"

export interface Received {
  readonly sessionRef: string
  readonly sequence: number
}

/** The team's system. It takes every action at once, or keeps whoever brings one waiting. */
export const aReceiver = Effect.gen(function* () {
  const received: Array<Received> = []
  const waiting: Array<ServerResponse> = []
  let isHolding = false
  const url = yield* listening(async (request, response) => {
    const chunks = await request.toArray()
    const { data } = JSON.parse(Buffer.concat(chunks).toString("utf8"))
    received.push({ sessionRef: data.session_ref, sequence: data.sequence })
    if (isHolding) waiting.push(response)
    else response.writeHead(204).end()
  })
  const of = (sessionRef: string) =>
    received.filter((action) => action.sessionRef === sessionRef).map(({ sequence }) => sequence)
  return {
    env: {
      ACTION_WEBHOOK_URL: `${url}/actions`,
      ACTION_WEBHOOK_SECRETS: `whsec_${Buffer.alloc(32, 7).toString("base64")}`
    },
    /** The sequences that came for a session, repetitions too, as they came. */
    of,
    /** The same without repetitions. */
    firsts: (sessionRef: string) => [...new Set(of(sessionRef))],
    /** How many wait for an answer. */
    held: () => waiting.length,
    hold: Effect.sync(() => {
      isHolding = true
    }),
    /** Takes what comes from now on; what waits goes on waiting. */
    take: Effect.sync(() => {
      isHolding = false
    }),
    answerHeld: (status: number) =>
      Effect.sync(() => {
        for (const response of waiting.splice(0)) response.writeHead(status).end()
      })
  }
})
