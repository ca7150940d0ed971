import type { IncomingMessage, ServerResponse } from "node:http"

type Listener = (request: IncomingMessage, response: ServerResponse) => void

/** How many requests are begun in one turn of the loop. */
const most = 64
/** And in one in which somebody new was let in: more may be standing at the door. */
const mostBesideNew = 8

/**
 * Begins so many requests in a turn of the loop and the rest in the next ones, in the order in which they came. In one
 * turn Node reads every socket that has something, but accepts a single connection: turns as long as all that is asked
 * would let hardly anybody in who is new. Who has hung up by then is not begun.
 */
export const requestsInTurns = (begin: Listener) => {
  const waiting: Array<readonly [IncomingMessage, ServerResponse]> = []
  let begun = 0
  let limit = most

  const nextTurn = () => {
    const now = waiting.splice(0, limit)
    limit = most
    begun = now.length
    if (begun > 0) setImmediate(nextTurn)
    for (const [request, response] of now) {
      if (!request.destroyed && !response.destroyed) begin(request, response)
    }
  }

  return {
    onConnection: (): void => {
      limit = mostBesideNew
    },
    onRequest: (request: IncomingMessage, response: ServerResponse): void => {
      if (waiting.length > 0 || begun >= limit) {
        waiting.push([request, response])
        return
      }
      if (begun === 0) setImmediate(nextTurn)
      begun += 1
      begin(request, response)
    }
  }
}
