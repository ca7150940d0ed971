import { HttpApiBuilder, HttpServerRequest, HttpServerResponse } from "@effect/platform"
import { NodeHttpServerRequest } from "@effect/platform-node"
import { Clock, Duration, Effect, Option, Schedule, Stream } from "effect"
import type { Session } from "../domain/Session.js"
import { type Caller, CurrentCaller } from "../sessions/Caller.js"
import { Sessions } from "../sessions/Sessions.js"
import type { StartCommand } from "../sessions/StartPlan.js"
import { WaitSlots } from "../sessions/WaitSlots.js"
import { phoneBodyLimit } from "./Access.js"
import { Api } from "./Api.js"
import { PhoneStart, ServiceStart, TrackRequest } from "./Bodies.js"
import { idempotencyKeyHash } from "./IdempotencyKey.js"
import { listPage } from "./ListCursor.js"
import { knownSequences, preferredWait } from "./Preconditions.js"
import { Problem } from "./Problem.js"
import { problemOf } from "./Problems.js"
import { readJson } from "./RequestBody.js"
import {
  entityTag,
  listedBody,
  pollAgainAfter,
  startedBody,
  statusBody,
  trackedBody
} from "./StatusAnswer.js"
import { toItsEnd } from "./ToItsEnd.js"

const startCommand = (caller: Caller, body: typeof ServiceStart.Type): StartCommand => ({
  product: body.product ?? null,
  redirectUrl: body.redirect_url ?? null,
  failureRedirectUrl: body.failure_redirect_url ?? null,
  restart: body.restart ?? false,
  expiresInHours: body.expires_in_hours ?? null,
  pageTitle: body.page_title ?? null,
  successMessage: body.success_message ?? null,
  failureMessage: body.failure_message ?? null,
  reference: caller.kind === "service" ? (body.reference ?? null) : null
})

const statusResponse = (session: Session, header: string | undefined, waited: number | null, now: number) => {
  const again = pollAgainAfter(session, now)
  const headers = {
    etag: entityTag(session),
    ...(again === null ? {} : { "retry-after": String(again) }),
    ...(waited === null ? {} : { "preference-applied": `wait=${waited}` })
  }
  const known = knownSequences(header)
  return known === "any" || known.includes(session.sequence)
    ? HttpServerResponse.empty({ status: 304, headers })
    : HttpServerResponse.unsafeJson(statusBody(session), { headers })
}

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

    return handlers
      .handleRaw(
        "start",
        Effect.fnUntraced(function* ({ request }) {
          const caller = yield* CurrentCaller
          const keyHash = yield* idempotencyKeyHash(request.headers["idempotency-key"])
          const schema = caller.kind === "service" ? ServiceStart : PhoneStart
          const incoming = NodeHttpServerRequest.toIncomingMessage(request)
          const body = Option.getOrElse(yield* readJson(schema, incoming, phoneBodyLimit), () => ({}))
          const started = yield* sessions
            .start(caller, startCommand(caller, body), keyHash)
            .pipe(toItsEnd, Effect.mapError(problemOf))
          return HttpServerResponse.unsafeJson(startedBody(started), { status: started.status })
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
          const tracked = yield* sessions
            .track(caller, { product, providerSessionId })
            .pipe(toItsEnd, Effect.mapError(problemOf))
          return HttpServerResponse.unsafeJson(trackedBody(tracked.session), { status: tracked.status })
        })
      )
      .handle(
        "status",
        Effect.fnUntraced(function* ({ urlParams }) {
          const caller = yield* CurrentCaller
          const { headers } = yield* HttpServerRequest.HttpServerRequest
          const seconds = preferredWait(headers["prefer"])
          const header = headers["if-none-match"]
          const known = knownSequences(header)
          const session = yield* (
            seconds === null
              ? sessions.status(caller, urlParams.session_ref)
              : Effect.zipRight(
                  slots.take(caller.userId),
                  sessions.wait(
                    caller,
                    urlParams.session_ref,
                    known === "any" ? null : (known[0] ?? null),
                    Duration.seconds(seconds)
                  )
                )
          ).pipe(Effect.mapError(problemOf))
          return statusResponse(session, header, seconds, yield* Clock.currentTimeMillis)
        })
      )
      .handle(
        "stream",
        Effect.fnUntraced(function* ({ urlParams }) {
          const caller = yield* CurrentCaller
          yield* Effect.mapError(slots.take(caller.userId), problemOf)
          yield* Effect.mapError(sessions.status(caller, urlParams.session_ref), problemOf)
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
            (before, limit) => Effect.mapError(sessions.list(caller, before, limit), problemOf),
            ({ createdAt, sessionRef }) => ({ at: createdAt, id: sessionRef }),
            listedBody
          )
        })
      )
  })
)
