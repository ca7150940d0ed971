import { HttpServer } from "@effect/platform"
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { aConnection, head, lastAnswer, type RawRequest } from "./connection.js"
import { ask } from "./harness.js"

/** A connection to the service under test. */
export const toService = Effect.flatMap(HttpServer.HttpServer, ({ address }) =>
  Effect.orDie(aConnection(address._tag === "TcpAddress" ? address.port : 0))
)

/** Says something on a connection of its own and gives what comes back until the service closes it. */
export const said = (...parts: ReadonlyArray<string | Uint8Array>) =>
  Effect.gen(function* () {
    const connection = yield* toService
    for (const part of parts) yield* connection.send(part)
    return yield* connection.closed
  }).pipe(Effect.scoped)

/** A request after which the connection ends. */
export const lastRequest = ({ headers, ...request }: RawRequest): string =>
  head({ ...request, headers: { connection: "close", ...headers } })

/** The last thing that came back is a problem, the connection is at its end, and the service goes on. */
export const assertRefused = Effect.fnUntraced(function* (received: string, status: number, code: string) {
  const answer = lastAnswer(received)
  assert.strictEqual(answer.status, status, received)
  assert.deepInclude(JSON.parse(answer.body), { status, code })
  assert.include(answer.headers, "content-type: application/problem+json\r\n")
  assert.include(answer.headers, "cache-control: no-store\r\n")
  assert.include(answer.headers, "connection: close\r\n")
  assert.strictEqual((yield* ask("/health/live")).status, 200)
})
