import { HttpApiBuilder, type HttpServerRequest } from "@effect/platform"
import { Clock, Effect } from "effect"
import type { Product } from "../domain/Product.js"
import { VerifyHumanApi } from "../verifyhuman/VerifyHumanApi.js"
import { requireKey } from "./Credentials.js"
import { mobileStatus, outcomeAt } from "./MobileStatus.js"
import { faultReply, json, type Reply, replyStatus, send } from "./Reply.js"
import { SandboxOptions } from "./SandboxOptions.js"
import { SandboxSessions } from "./SandboxSessions.js"
import { Wire } from "./Wire.js"

interface Asked {
  readonly path: { readonly id: string }
  readonly request: HttpServerRequest.HttpServerRequest
}

/** The mobile status endpoints. */
export const MobileApiLive = HttpApiBuilder.group(VerifyHumanApi, "mobile", (handlers) =>
  Effect.gen(function* () {
    const options = yield* SandboxOptions
    const sessions = yield* SandboxSessions
    const wire = yield* Wire

    const judge = Effect.fnUntraced(
      function* (product: Product, { path, request }: Asked) {
        yield* requireKey(request, "ClientKey", options.clientKey)
        const session = yield* sessions.askMobile(product, path.id)
        if (session === null) {
          return { reply: json(404, { success: false, error: "Session not found" }), note: "no such session" }
        }
        const now = yield* Clock.currentTimeMillis
        return (
          faultReply(session.behaviour) ?? {
            reply: json(200, mobileStatus(session, now)),
            note: outcomeAt(session, now) ?? "no result yet"
          }
        )
      },
      Effect.catchTag("Refused", ({ error, response }) =>
        Effect.succeed<{ reply: Reply; note: string }>({ reply: response, note: error })
      )
    )

    const status = (product: Product) =>
      Effect.fnUntraced(function* (asked: Asked) {
        const { note, reply } = yield* judge(product, asked)
        yield* wire.record({
          from: "service",
          to: "provider",
          method: "GET",
          path: `/api/mobile/v1/${product}/status/${asked.path.id}`,
          status: replyStatus(reply),
          note,
          token: asked.path.id,
          body: null
        })
        return yield* send(reply)
      })

    return handlers
      .handleRaw("verifyhuman", status("verifyhuman"))
      .handleRaw("verifyage", status("verifyage"))
      .handleRaw("verifyidentity", status("verifyidentity"))
      .handleRaw("verifycompliance", status("verifycompliance"))
  })
)
