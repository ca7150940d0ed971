import { HttpLayerRouter, HttpServerRequest, HttpServerResponse } from "@effect/platform"
import { Clock, Effect, Layer, Schedule, Schema, Stream } from "effect"
import { Product } from "../domain/Product.js"
import { behaviourNames } from "./Behaviour.js"
import { DefaultBehaviour } from "./DefaultBehaviour.js"
import { randomId, SandboxSessions } from "./SandboxSessions.js"
import { Wire } from "./Wire.js"

const json = (status: number, body: unknown) => HttpServerResponse.unsafeJson(body, { status })

const readBehaviour = Effect.gen(function* () {
  const behaviour = yield* (yield* DefaultBehaviour).text
  return json(200, { behaviour, names: behaviourNames })
})

const writeBehaviour = Effect.gen(function* () {
  const defaults = yield* DefaultBehaviour
  const { behaviour } = yield* HttpServerRequest.schemaBodyJson(Schema.Struct({ behaviour: Schema.String }))
  yield* defaults.set(behaviour)
  return json(200, { behaviour })
}).pipe(
  Effect.catchTag("BehaviourNotReadable", ({ message }) => Effect.succeed(json(400, { error: message }))),
  Effect.catchTags({
    ParseError: () => Effect.succeed(json(400, { error: "expected {behaviour}" })),
    RequestError: () => Effect.succeed(json(400, { error: "expected {behaviour}" }))
  })
)

const NewMobileSession = Schema.Struct({
  product: Product,
  outcome: Schema.optionalWith(Schema.String, { default: () => "PASS" }),
  after_seconds: Schema.optionalWith(Schema.Number.pipe(Schema.between(0, 3600)), { default: () => 0 })
})

const newMobileSession = Effect.gen(function* () {
  const sessions = yield* SandboxSessions
  const { after_seconds, outcome, product } = yield* HttpServerRequest.schemaBodyJson(NewMobileSession)
  const sessionId = randomId("msess_test_")
  const verificationId = randomId("ver_")
  const decidedAt = (yield* Clock.currentTimeMillis) + after_seconds * 1000
  yield* sessions.addMobile({ sessionId, verificationId, product, outcome, decidedAt })
  return json(201, { session_id: sessionId, verification_id: verificationId })
}).pipe(
  Effect.catchTags({
    ParseError: () => Effect.succeed(json(400, { error: "expected {product, outcome?, after_seconds?}" })),
    RequestError: () => Effect.succeed(json(400, { error: "expected {product, outcome?, after_seconds?}" }))
  })
)

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

/** What the real provider has not: its wire to look at, and its behaviour to choose. Open to any origin. */
export const SandboxControlLive = Layer.mergeAll(
  HttpLayerRouter.add("GET", "/sandbox/behaviour", readBehaviour),
  HttpLayerRouter.add("PUT", "/sandbox/behaviour", writeBehaviour),
  HttpLayerRouter.add("POST", "/sandbox/mobile-sessions", newMobileSession),
  HttpLayerRouter.add("GET", "/sandbox/wire", followWire),
  HttpLayerRouter.cors()
)
