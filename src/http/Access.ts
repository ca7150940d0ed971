import type { IncomingMessage } from "node:http"
import { HttpApiMiddleware, HttpApiSecurity, HttpServerRequest, OpenApi } from "@effect/platform"
import { NodeHttpServerRequest } from "@effect/platform-node"
import { Effect, Layer, Schema } from "effect"
import { type Caller, CurrentCaller } from "../sessions/Caller.js"
import { Authenticator, type Credentials } from "./Authenticator.js"
import { type Problem, problemSchema } from "./Problem.js"
import { isOversize, tooLarge } from "./RequestBody.js"

/** The longest body that a phone may send, in bytes. */
export const phoneBodyLimit = 16 * 1024

const bearer = HttpApiSecurity.bearer.pipe(
  HttpApiSecurity.annotate(OpenApi.Description, "A user's JWT; or a service key, together with `X-User-Id`.")
)

export const credentialsOf = ({ headers }: IncomingMessage): Credentials => ({
  authorization: headers.authorization,
  userId: headers["x-user-id"] as string | undefined
})

/** Who asks, if the credential is good and the body not oversized. */
export const makeCallerOf: Effect.Effect<
  (request: IncomingMessage) => Effect.Effect<Caller, Problem>,
  never,
  Authenticator
> = Effect.map(
  Authenticator,
  (authenticator) => (request) =>
    Effect.filterOrFail(
      authenticator.authenticate(credentialsOf(request)),
      () => !isOversize(request, phoneBodyLimit),
      tooLarge
    )
)

/** The way in for phones: a credential, and no oversized body. */
export class Access extends HttpApiMiddleware.Tag<Access>()("verifyhuman-dropin/Access", {
  provides: CurrentCaller,
  failure: Schema.Union(
    problemSchema("unauthenticated"),
    problemSchema("invalid_request"),
    problemSchema("payload_too_large"),
    problemSchema("authentication_unavailable")
  ),
  security: { bearer }
}) {
  static readonly layer: Layer.Layer<Access, never, Authenticator> = Layer.effect(
    Access,
    Effect.map(makeCallerOf, (callerOf) => {
      const caller = Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) =>
        callerOf(NodeHttpServerRequest.toIncomingMessage(request))
      )
      return { bearer: () => caller }
    })
  )
}
