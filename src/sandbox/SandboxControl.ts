import { HttpLayerRouter, HttpMiddleware, HttpServerResponse } from "@effect/platform"
import { Clock, Effect, Layer, Schedule, Schema, Stream } from "effect"
import { Product } from "../domain/Product.js"
import { behaviourNames } from "./Behaviour.js"
import { chosenBehaviour } from "./ChosenBehaviour.js"
import { DefaultBehaviour } from "./DefaultBehaviour.js"
import { Refused } from "./Refused.js"
import { json } from "./Reply.js"
import { readJson } from "./RequestBody.js"
import { randomId, SandboxSessions } from "./SandboxSessions.js"
import { Wire } from "./Wire.js"

const readDefault = Effect.gen(function* () {
  const behaviour = yield* (yield* DefaultBehaviour).text
  return json(200, { behaviour, names: behaviourNames })
})

const writeDefault = Effect.gen(function* () {
  const defaults = yield* DefaultBehaviour
  const { behaviour } = yield* readJson(
    Schema.Struct({ behaviour: Schema.String }),
    '{"behaviour": "late=3"}'
  )
  yield* defaults.set(behaviour)
  return json(200, { behaviour })
}).pipe(
  Effect.catchTags({
    BehaviourNotReadable: ({ message }) =>
      Effect.succeed(new Refused({ status: 422, error: message }).response),
    Refused: ({ response }) => Effect.succeed(response)
  })
)

const NewMobileSession = Schema.Struct({
  product: Product,
  outcome: Schema.optionalWith(Schema.NullOr(Schema.String), { default: () => "PASS" }),
  after_seconds: Schema.optionalWith(Schema.Number.pipe(Schema.between(0, 3600)), { default: () => 0 }),
  behaviour: Schema.optionalWith(Schema.String, { default: () => "" })
})

const newMobileSession = Effect.gen(function* () {
  const sessions = yield* SandboxSessions
  const asked = yield* readJson(
    NewMobileSession,
    '{"product": "verifyage"} and, if need be, "outcome", "after_seconds", "behaviour"'
  )
  const behaviour = yield* chosenBehaviour("behaviour", asked.behaviour)
  const sessionId = randomId("msess_test_")
  const verificationId = randomId("ver_")
  const decidedAt = (yield* Clock.currentTimeMillis) + (asked.after_seconds + behaviour.late) * 1000
  const { outcome, product } = asked
  yield* sessions.addMobile({ sessionId, verificationId, product, outcome, decidedAt, behaviour })
  return json(201, { session_id: sessionId, verification_id: verificationId })
}).pipe(Effect.catchTag("Refused", ({ response }) => Effect.succeed(response)))

const encoder = new TextEncoder()
const heartbeat = Stream.repeatEffectWithSchedule(
  Effect.succeed(encoder.encode(": still here\n\n")),
  Schedule.spaced("15 seconds")
)

const followWire = Effect.gen(function* () {
  const wire = yield* Wire
  const entries = yield* wire.follow
  const events = Stream.map(entries, (entry) =>
    encoder.encode(`event: wire\ndata: ${JSON.stringify(entry)}\n\n`)
  )
  return HttpServerResponse.stream(Stream.merge(events, heartbeat), {
    contentType: "text/event-stream",
    headers: { "cache-control": "no-store" }
  })
})

/** The demo page of another origin may call these, and nothing else of the provider. */
const forAnyOrigin = HttpLayerRouter.middleware(HttpMiddleware.cors()).layer

/** What the real provider has not: its wire to look at, and its behaviour to choose. */
export const SandboxControlLive = Layer.mergeAll(
  HttpLayerRouter.add("GET", "/sandbox/behaviour", readDefault),
  HttpLayerRouter.add("PUT", "/sandbox/behaviour", writeDefault),
  HttpLayerRouter.add("POST", "/sandbox/mobile-sessions", newMobileSession),
  HttpLayerRouter.add("GET", "/sandbox/wire", followWire),
  HttpLayerRouter.add("OPTIONS", "/sandbox/*", HttpServerResponse.empty())
).pipe(Layer.provide(forAnyOrigin))
