import { once } from "node:events"
import type { IncomingMessage } from "node:http"
import { connect } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect } from "effect"
import { readBytes } from "../../src/http/RequestBody.js"
import { listening } from "./listening.js"

describe("a body", () => {
  it.scopedLive.each([
    ["that broke off before it was read", "Content-Length: 10\r\n\r\nhalf"],
    ["of nothing, whose client is gone,", "\r\n"]
  ])("%s ended too early", ([, rest]) =>
    Effect.gen(function* () {
      const gone = yield* Deferred.make<IncomingMessage>()
      const url = new URL(
        yield* listening((request) => {
          request.once("close", () => Deferred.unsafeDone(gone, Effect.succeed(request)))
        })
      )
      const socket = connect(Number(url.port), url.hostname)
      socket.write(`POST / HTTP/1.1\r\nHost: x\r\n${rest}`)
      yield* Effect.promise(() => once(socket, "connect"))
      yield* Effect.sleep("50 millis")
      socket.destroy()
      const problem = yield* Effect.flip(readBytes(yield* Deferred.await(gone), 100))
      assert.deepInclude(problem, { code: "invalid_request" })
      assert.deepStrictEqual(problem.errors, [{ path: "", message: "the body ended too early" }])
    })
  )
})
