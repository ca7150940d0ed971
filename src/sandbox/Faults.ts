import { HttpServerRequest, HttpServerResponse } from "@effect/platform"
import { NodeHttpServerRequest } from "@effect/platform-node"
import { Effect } from "effect"
import type { Fault } from "./Behaviour.js"

const json = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  HttpServerResponse.unsafeJson(body, { status, headers })

/** What a fault answers, if it answers at all. */
export const misbehave = (fault: Fault) =>
  Effect.gen(function* () {
    switch (fault) {
      case "402":
        return json(402, { error: "No verification credits remaining" })
      case "429":
        return json(
          429,
          { status: "throttled", message: "Too many verification attempts. Please try again in 5 minutes." },
          { "retry-after": "1" }
        )
      case "500":
        return json(500, { error: "Internal server error", status: "ERROR" })
      case "hang":
        return yield* Effect.never
      case "cut": {
        const request = yield* HttpServerRequest.HttpServerRequest
        NodeHttpServerRequest.toIncomingMessage(request).socket.destroy()
        return yield* Effect.never
      }
    }
  })
