import type { IncomingMessage } from "node:http"
import { Clock, Effect, Option } from "effect"
import type { Caller } from "../sessions/Caller.js"
import { Sessions } from "../sessions/Sessions.js"
import type { StartCommand } from "../sessions/StartPlan.js"
import { startSeconds, starts } from "../telemetry/Metrics.js"
import { phoneBodyLimit } from "./Access.js"
import { PhoneStart, ServiceStart } from "./Bodies.js"
import { idempotencyKeyHash } from "./IdempotencyKey.js"
import { jsonAnswer } from "./PlainAnswer.js"
import { countedProblem } from "./Problems.js"
import { readJson } from "./RequestBody.js"
import { startedBody } from "./StatusAnswer.js"

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

/** `POST /api/start-verification`. */
export const makeStartHandler = Effect.map(Sessions, (sessions) =>
  Effect.fnUntraced(function* (caller: Caller, request: IncomingMessage) {
    const keyHash = yield* idempotencyKeyHash(request.headers["idempotency-key"] as string | undefined)
    const schema = caller.kind === "service" ? ServiceStart : PhoneStart
    const body = Option.getOrElse(yield* readJson(schema, request, phoneBodyLimit), () => ({}))
    const since = yield* Clock.currentTimeMillis
    const started = yield* sessions
      .start(caller, startCommand(caller, body), keyHash)
      .pipe(Effect.mapError(countedProblem(starts)))
    starts.add(started.status === 201 ? "created" : "resumed")
    startSeconds.observe(((yield* Clock.currentTimeMillis) - since) / 1000)
    return jsonAnswer(started.status, startedBody(started))
  })
)
