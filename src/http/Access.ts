import { HttpApiMiddleware, HttpApiSecurity, HttpServerRequest, OpenApi } from "@effect/platform"
import { NodeHttpServerRequest } from "@effect/platform-node"
import { Effect, Layer, Schema } from "effect"
import { CurrentCaller } from "../sessions/Caller.js"
import { Authenticator } from "./Authenticator.js"
import { problemSchema } from "./Problem.js"
import { refuseOversize } from "./RequestBody.js"

/** The longest body that a phone may send, in bytes. */
export const phoneBodyLimit = 16 * 1024

const bearer = HttpApiSecurity.bearer.pipe(
  HttpApiSecurity.annotate(OpenApi.Description, "A user's JWT; or a service key, together with `X-User-Id`.")
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
    Effect.gen(function* () {
      const authenticator = yield* Authenticator
      const caller = Effect.gen(function* () {
        const request = yield* HttpServerRequest.HttpServerRequest
        const caller = yield* authenticator.authenticate({
          authorization: request.headers["authorization"],
          userId: request.headers["x-user-id"]
        })
        yield* refuseOversize(NodeHttpServerRequest.toIncomingMessage(request), phoneBodyLimit)
        return caller
      })
      return { bearer: () => caller }
    })
  )
}
