import { HttpApiBuilder, HttpServerRequest, HttpServerResponse } from "@effect/platform"
import { NodeHttpServerRequest } from "@effect/platform-node"
import { Effect, Option, Schedule, Stream } from "effect"
import { allOf } from "../domain/Cursor.js"
import type { Session } from "../domain/Session.js"
import { CurrentCaller } from "../sessions/Caller.js"
import { Sessions } from "../sessions/Sessions.js"
import { WaitSlots } from "../sessions/WaitSlots.js"
import { starts } from "../telemetry/Metrics.js"
import { phoneBodyLimit } from "./Access.js"
import { Api } from "./Api.js"
import { TrackRequest } from "./Bodies.js"
import { countedWait } from "./CountedWait.js"
import { listPage } from "./ListCursor.js"
import { responseOf } from "./PlainAnswer.js"
import { Problem } from "./Problem.js"
import { countedProblem, problemOf } from "./Problems.js"
import { readJson } from "./RequestBody.js"
import { makeStartHandler } from "./StartHandler.js"
import { listedBody, statusBody, trackedBody } from "./StatusAnswer.js"
import { makeStatusHandler } from "./StatusHandler.js"
import { toItsEnd } from "./ToItsEnd.js"

const encoder = new TextEncoder()
const statusEvent = (session: Session) =>
  encoder.encode(`event: status\ndata: ${JSON.stringify(statusBody(session))}\n\n`)
const heartbeat = Stream.repeatEffectWithSchedule(
  Effect.succeed(encoder.encode(": still here\n\n")),
  Schedule.spaced("15 seconds")
).pipe(Stream.drop(1))

const noBody = Effect.fail(
  new Problem({
    code: "invalid_request",
    errors: ["product", "provider_session_id"].map((path) => ({ path, message: "is missing" }))
  })
)

/** What a phone asks for (contract section 3). */
export const PhoneLive = HttpApiBuilder.group(Api, "phone", (handlers) =>
  Effect.gen(function* () {
    const sessions = yield* Sessions
    const slots = yield* WaitSlots
    const start = yield* makeStartHandler
    const status = yield* makeStatusHandler

    return handlers
      .handleRaw(
        "start",
        Effect.fnUntraced(function* ({ request }) {
          const incoming = NodeHttpServerRequest.toIncomingMessage(request)
          return responseOf(yield* toItsEnd(start(yield* CurrentCaller, incoming)))
        })
      )
      .handleRaw(
        "track",
        Effect.fnUntraced(function* ({ request }) {
          const caller = yield* CurrentCaller
          const incoming = NodeHttpServerRequest.toIncomingMessage(request)
          const body = yield* readJson(TrackRequest, incoming, phoneBodyLimit)
          if (Option.isNone(body)) return yield* noBody
          const { product, provider_session_id: providerSessionId } = body.value
          const tracked = yield* sessions.track(caller, { product, providerSessionId }).pipe(
            Effect.mapError(countedProblem(starts)),
            Effect.tap(() => starts.add("tracked")),
            toItsEnd
          )
          return HttpServerResponse.unsafeJson(trackedBody(tracked.session), { status: tracked.status })
        })
      )
      .handle(
        "status",
        Effect.fnUntraced(function* ({ urlParams }) {
          const request = NodeHttpServerRequest.toIncomingMessage(yield* HttpServerRequest.HttpServerRequest)
          return responseOf(yield* status(yield* CurrentCaller, urlParams.session_ref, request))
        })
      )
      .handle(
        "stream",
        Effect.fnUntraced(function* ({ urlParams }) {
          const caller = yield* CurrentCaller
          yield* Effect.mapError(slots.take(caller.userId), problemOf)
          yield* Effect.mapError(sessions.status(caller, urlParams.session_ref), problemOf)
          yield* countedWait
          const events = sessions.watch(caller, urlParams.session_ref).pipe(Stream.map(statusEvent))
          return HttpServerResponse.stream(Stream.merge(events, heartbeat, { haltStrategy: "left" }), {
            contentType: "text/event-stream",
            headers: { "x-accel-buffering": "no" }
          })
        })
      )
      .handle(
        "list",
        Effect.fnUntraced(function* ({ urlParams }) {
          const caller = yield* CurrentCaller
          return yield* listPage(
            urlParams,
            (before, limit) =>
              Effect.mapBoth(sessions.list(caller, before, limit), {
                onFailure: problemOf,
                onSuccess: allOf
              }),
            ({ createdAt, sessionRef }) => ({ at: createdAt, id: sessionRef }),
            listedBody
          )
        })
      )
  })
)
