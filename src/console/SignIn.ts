import { HttpServerRequest, HttpServerResponse } from "@effect/platform"
import { NodeHttpServerRequest } from "@effect/platform-node"
import { Clock, Effect, Option, Schema } from "effect"
import { noOperator } from "../http/OperatorAccess.js"
import { refuseOtherSites, ticketCookie } from "../http/OperatorTicket.js"
import { ticketOf, type tokenHolders } from "../http/OperatorTokens.js"
import { Problem } from "../http/Problem.js"
import { readJson } from "../http/RequestBody.js"

const seconds = 12 * 3600
const bodyLimit = 4096

const SignIn = Schema.Struct({ token: Schema.String })

const request = Effect.map(HttpServerRequest.HttpServerRequest, NodeHttpServerRequest.toIncomingMessage)

const withCookie = (cookie: string) => HttpServerResponse.empty({ headers: { "set-cookie": cookie } })

/** Exchanges a token for a cookie of 12 hours that does not hold it. */
export const signIn = (holders: ReturnType<typeof tokenHolders>, secure: boolean) =>
  Effect.gen(function* () {
    const body = yield* readJson(SignIn, yield* request, bodyLimit)
    if (Option.isNone(body)) {
      return yield* new Problem({
        code: "invalid_request",
        errors: [{ path: "token", message: "is missing" }]
      })
    }
    const { token } = body.value
    if (holders.ofToken(token) === null) return yield* noOperator
    const expiresAt = (yield* Clock.currentTimeMillis) + seconds * 1000
    return withCookie(ticketCookie(ticketOf(token, expiresAt), seconds, secure))
  })

export const signOut = (secure: boolean) =>
  Effect.gen(function* () {
    yield* refuseOtherSites(yield* request)
    return withCookie(ticketCookie("", 0, secure))
  })
