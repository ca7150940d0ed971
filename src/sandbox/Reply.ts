import { HttpServerRequest, HttpServerResponse } from "@effect/platform"
import { NodeHttpServerRequest } from "@effect/platform-node"
import { Effect } from "effect"
import type { Behaviour, Fault } from "./Behaviour.js"
import { invalidKey, Refused } from "./Refused.js"

/** What a caller gets: an answer, silence, or a broken connection. */
export type Reply = HttpServerResponse.HttpServerResponse | "hang" | "cut"

export const json = (status: number, body: unknown): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.unsafeJson(body, { status })

const throttled = HttpServerResponse.unsafeJson(
  { status: "throttled", message: "Too many verification attempts. Please try again in 5 minutes." },
  { status: 429, headers: { "retry-after": "1" } }
)

const replies: Readonly<Record<Fault, Reply>> = {
  "401": invalidKey.response,
  "402": new Refused({ status: 402, error: "No verification credits remaining" }).response,
  "403": new Refused({ status: 403, error: "This API key may not do this" }).response,
  "429": throttled,
  "500": new Refused({ status: 500, error: "Internal server error" }).response,
  hang: "hang",
  cut: "cut"
}

/** What the behaviour's fault replies to this request; null when it has none. */
export const faultReply = ({ faults: [current] }: Behaviour): { note: string; reply: Reply } | null =>
  current === undefined ? null : { note: `behaviour ${current.fault}`, reply: replies[current.fault] }

/** The status that the caller sees; null when none comes. */
export const replyStatus = (reply: Reply): number | null => (typeof reply === "string" ? null : reply.status)

const cut = Effect.map(HttpServerRequest.HttpServerRequest, (request) => {
  NodeHttpServerRequest.toIncomingMessage(request).socket.destroy()
})

export const send = (
  reply: Reply
): Effect.Effect<HttpServerResponse.HttpServerResponse, never, HttpServerRequest.HttpServerRequest> => {
  if (reply === "hang") return Effect.never
  return reply === "cut" ? Effect.zipRight(cut, Effect.never) : Effect.succeed(reply)
}
