import { HttpApiBuilder, HttpServer, type HttpServerRequest } from "@effect/platform"
import { Clock, Effect, Schema } from "effect"
import { iso } from "../domain/Iso.js"
import { GenerateRequest, VerifyHumanApi } from "../verifyhuman/VerifyHumanApi.js"
import { chosenBehaviour } from "./ChosenBehaviour.js"
import { requireKey } from "./Credentials.js"
import { DefaultBehaviour } from "./DefaultBehaviour.js"
import { faultReply, json, type Reply, replyStatus, send } from "./Reply.js"
import { decode, parseJson, readBytes } from "./RequestBody.js"
import { SandboxOptions } from "./SandboxOptions.js"
import { randomId, SandboxSessions } from "./SandboxSessions.js"
import { Wire } from "./Wire.js"

const hourMillis = 3_600_000

/** A hosted page goes there by itself, so that nothing that runs may stand in it. */
const Redirect = Schema.String.pipe(
  Schema.filter((url) => URL.canParse(url) && !/^(?:javascript|data|vbscript):/i.test(url.trim()))
)

const Payload = Schema.Struct({
  ...GenerateRequest.fields,
  redirect_url: Schema.optional(Redirect),
  failure_redirect_url: Schema.optional(Redirect),
  expires_in_hours: Schema.optional(Schema.Int.pipe(Schema.between(1, 8760)))
})

const readPayload = decode(Payload, "ignore")

interface Judgement {
  readonly reply: Reply
  readonly note: string
  readonly token: string | null
  readonly body: unknown
}

/** How the sandbox is reached when nobody said how. */
const ownUrl = Effect.map(HttpServer.HttpServer, ({ address }) =>
  address._tag === "TcpAddress" ? `http://localhost:${address.port}` : "http://localhost"
)

/** `POST /hosted/generate`. */
export const HostedApiLive = HttpApiBuilder.group(VerifyHumanApi, "hosted", (handlers) =>
  Effect.gen(function* () {
    const options = yield* SandboxOptions
    const sessions = yield* SandboxSessions
    const defaults = yield* DefaultBehaviour
    const wire = yield* Wire
    const publicUrl = options.publicUrl ?? (yield* ownUrl)

    const behaviourOf = (request: HttpServerRequest.HttpServerRequest) => {
      const header = request.headers["x-sandbox-behaviour"]
      return header === undefined ? defaults.next : chosenBehaviour("X-Sandbox-Behaviour", header)
    }

    const judge = Effect.fnUntraced(
      function* (request: HttpServerRequest.HttpServerRequest) {
        const bytes = yield* readBytes
        yield* requireKey(request, "Bearer", options.apiKey)
        const body = yield* parseJson(bytes)
        const payload = yield* readPayload(body)
        const behaviour = yield* behaviourOf(request)
        const fault = faultReply(behaviour)
        if (fault !== null) return { ...fault, token: null, body }
        const token = randomId("")
        const millis =
          behaviour.expires === null ? (payload.expires_in_hours ?? 1) * hourMillis : behaviour.expires * 1000
        const expiresAt = (yield* Clock.currentTimeMillis) + millis
        yield* sessions.add({
          token,
          product: payload.product,
          verificationId: randomId("ver_"),
          redirectUrl: payload.redirect_url ?? null,
          failureRedirectUrl: payload.failure_redirect_url ?? null,
          pageTitle: payload.page_title ?? null,
          successMessage: payload.success_message ?? null,
          failureMessage: payload.failure_message ?? null,
          behaviour,
          expiresAt,
          isUsed: false
        })
        const url = `${publicUrl}/hosted/v/${token}`
        const answer = behaviour.quirks.has("wrong-shape")
          ? { session: { id: token, url } }
          : { hosted_url: url, token, expires_at: iso(expiresAt) }
        return { reply: json(201, answer), note: "new session", token, body }
      },
      Effect.catchTag("Refused", ({ error, response }) =>
        Effect.succeed<Judgement>({ reply: response, note: error, token: null, body: null })
      )
    )

    return handlers.handleRaw(
      "generate",
      Effect.fnUntraced(function* ({ request }) {
        const { body, note, reply, token }: Judgement = yield* judge(request)
        yield* wire.record({
          from: "service",
          to: "provider",
          method: "POST",
          path: "/hosted/generate",
          status: replyStatus(reply),
          note,
          token,
          body
        })
        return yield* send(reply)
      })
    )
  })
)
