import { HttpLayerRouter, HttpMiddleware, HttpServerRequest, HttpServerResponse } from "@effect/platform"
import { Clock, Effect, Either, Layer, Redacted, Ref, Schema } from "effect"
import { isGenuine } from "./ActionSignature.js"
import { Refused } from "./Refused.js"
import { json } from "./Reply.js"
import { decode, parseJson, readBytes, readJson } from "./RequestBody.js"
import { SandboxOptions } from "./SandboxOptions.js"
import { Wire } from "./Wire.js"

const path = "/sandbox/actions"
const BackendAnswer = Schema.Literal("ok", "500", "410")
const Chosen = Schema.Struct({ answer: BackendAnswer })
const readAction = decode(Schema.Struct({ type: Schema.String }), "ignore")

const answers: Readonly<Record<typeof BackendAnswer.Type, HttpServerResponse.HttpServerResponse>> = {
  ok: HttpServerResponse.empty(),
  "500": new Refused({ status: 500, error: "The backend failed, as it was told to" }).response,
  "410": new Refused({ status: 410, error: "The backend wants no more of it, as it was told" }).response
}

const notGenuine = new Refused({ status: 401, error: "signature missing, wrong or too old" })

/** "Your backend", where the actions of verdicts go; how it answers can be chosen. */
const backend = (secret: Redacted.Redacted) =>
  Layer.unwrapEffect(
    Effect.gen(function* () {
      const wire = yield* Wire
      const answer = yield* Ref.make<typeof BackendAnswer.Type>("ok")

      const taken = Effect.gen(function* () {
        const { headers } = yield* HttpServerRequest.HttpServerRequest
        const bytes = yield* readBytes
        const seconds = Math.floor((yield* Clock.currentTimeMillis) / 1000)
        if (!isGenuine(headers, bytes, Redacted.value(secret), seconds)) return yield* notGenuine
        const body = yield* parseJson(bytes)
        const { type } = yield* readAction(body)
        return { body, note: `${type}, signature good` }
      })

      const receive = Effect.gen(function* () {
        const read = yield* Effect.either(taken)
        const response = Either.isRight(read) ? answers[yield* Ref.get(answer)] : read.left.response
        const { body, note } = Either.getOrElse(read, ({ error }) => ({ body: null, note: error }))
        const { status } = response
        yield* wire.record({
          from: "service",
          to: "backend",
          method: "POST",
          path,
          status,
          note,
          token: null,
          body
        })
        return response
      })

      const show = Effect.map(Ref.get(answer), (answer) => json(200, { answer }))
      const choose = readJson(Chosen, '{"answer": "ok"}, "500" or "410"').pipe(
        Effect.tap((chosen) => Ref.set(answer, chosen.answer)),
        Effect.map((chosen) => json(200, chosen)),
        Effect.catchTag("Refused", ({ response }) => Effect.succeed(response))
      )
      const chosen = Layer.mergeAll(
        HttpLayerRouter.add("GET", path, show),
        HttpLayerRouter.add("PUT", path, choose)
      ).pipe(Layer.provide(HttpLayerRouter.middleware(HttpMiddleware.cors()).layer))
      return Layer.merge(HttpLayerRouter.add("POST", path, receive), chosen)
    })
  )

/** Without a secret there is no backend here. */
export const BackendLive = Layer.unwrapEffect(
  Effect.map(SandboxOptions, ({ actionSecret }) =>
    actionSecret === null ? Layer.empty : backend(actionSecret)
  )
)
