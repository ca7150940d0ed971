import { HttpApi, HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "@effect/platform"
import { Schema } from "effect"
import { Access } from "./Access.js"
import { PhoneStart, ServiceStart, Status, started, TrackRequest, tracked, Verifications } from "./Bodies.js"
import { answers, bodyIsOptional, completed } from "./Description.js"
import { OperatorApi } from "./OperatorApi.js"
import { problemSchema, WireProblem } from "./Problem.js"

const unauthenticated = problemSchema("unauthenticated")
const unavailable = problemSchema("storage_unavailable", "authentication_unavailable", "overloaded")
const sessionNotFound = problemSchema("session_not_found")
const invalidRequest = problemSchema("invalid_request")
const SessionRefParam = Schema.Struct({ session_ref: Schema.String })
const Limit = Schema.NumberFromString.pipe(Schema.int(), Schema.between(1, 100)).annotations({
  jsonSchema: { type: "integer", minimum: 1, maximum: 100 }
})
const header = (description: string) => Schema.optional(Schema.String.annotations({ description }))

const Phone = HttpApiGroup.make("phone")
  .add(
    HttpApiEndpoint.post("start", "/api/start-verification")
      .setPayload(Schema.Union(PhoneStart, ServiceStart))
      .setHeaders(
        Schema.Struct({
          "idempotency-key": header(
            "1 to 255 visible ASCII characters, bare or quoted. The first success is replayed for 24 hours."
          )
        })
      )
      .addSuccess(started(201))
      .addSuccess(started(200))
      .addError(invalidRequest)
      .addError(problemSchema("in_review"))
      .addError(problemSchema("payload_too_large"))
      .addError(problemSchema("unsupported_media_type"))
      .addError(problemSchema("idempotency_key_reused"))
      .addError(problemSchema("rate_limited"))
      .addError(problemSchema("provider_rejected"))
      .addError(
        problemSchema(
          "provider_out_of_credits",
          "provider_unavailable",
          "storage_unavailable",
          "authentication_unavailable",
          "overloaded"
        )
      )
      .addError(problemSchema("provider_timeout"))
      .annotate(OpenApi.Summary, "Start a verification, or resume the equal one that is open")
      .annotate(
        OpenApi.Description,
        "Open the URL on the phone; only the status tells the verdict. The fields that `StartVerification` has not are for service keys."
      )
      .annotate(OpenApi.Transform, (operation) =>
        bodyIsOptional(
          answers({ 200: ["The equal session that is open."], 201: ["A new session."] })(operation)
        )
      )
  )
  .add(
    HttpApiEndpoint.post("track", "/api/track-verification")
      .setPayload(TrackRequest)
      .addSuccess(tracked(201))
      .addSuccess(tracked(200))
      .addError(invalidRequest)
      .addError(problemSchema("already_tracked"))
      .addError(problemSchema("payload_too_large"))
      .addError(problemSchema("unsupported_media_type"))
      .addError(problemSchema("rate_limited"))
      .addError(problemSchema("provider_rejected"))
      .addError(unavailable)
      .annotate(OpenApi.Summary, "Track a session that the app's own SDK has started")
      .annotate(
        OpenApi.Transform,
        answers({
          200: ["The session, which the same user had tracked before."],
          201: ["Tracked from now on."]
        })
      )
  )
  .add(
    HttpApiEndpoint.get("status", "/api/verify-status")
      .setUrlParams(SessionRefParam)
      .setHeaders(
        Schema.Struct({
          "if-none-match": header("The `ETag` of the last answer, for a 304 while nothing changed."),
          prefer: header("`wait=N` holds the answer until the status changes, at most N (and 30) seconds.")
        })
      )
      .addSuccess(Status)
      .addSuccess(HttpApiSchema.Empty(304))
      .addError(invalidRequest)
      .addError(sessionNotFound)
      .addError(problemSchema("rate_limited"))
      .addError(unavailable)
      .annotate(OpenApi.Summary, "The verdict, or that it is pending")
      .annotate(
        OpenApi.Transform,
        answers({
          200: ["The session.", "ETag", "Retry-After", "Preference-Applied"],
          304: ["Nothing that you do not know.", "ETag", "Retry-After", "Preference-Applied"]
        })
      )
  )
  .add(
    HttpApiEndpoint.get("stream", "/api/verify-status/stream")
      .setUrlParams(SessionRefParam)
      .addSuccess(HttpApiSchema.Text({ contentType: "text/event-stream" }))
      .addError(invalidRequest)
      .addError(sessionNotFound)
      .addError(problemSchema("rate_limited"))
      .addError(unavailable)
      .annotate(OpenApi.Summary, "The status and each change of it, as server-sent events")
      .annotate(
        OpenApi.Transform,
        answers({
          200: [
            "Events named `status`, with a `Status` in JSON as their data, and a comment every 15 seconds. The stream ends after the verdict, or with the token."
          ]
        })
      )
  )
  .add(
    HttpApiEndpoint.get("list", "/api/verifications")
      .setUrlParams(
        Schema.Struct({
          limit: Schema.optional(Limit),
          cursor: Schema.optional(Schema.String)
        })
      )
      .addSuccess(Verifications)
      .addError(invalidRequest)
      .addError(unavailable)
      .annotate(OpenApi.Summary, "The caller's own verifications, newest first")
      .annotate(OpenApi.Transform, answers({ 200: ["A page; `next_cursor` is null on the last one."] }))
  )
  .middleware(Access)
  .annotate(OpenApi.Description, "What the mobile app asks for.")

const Provider = HttpApiGroup.make("provider")
  .add(
    HttpApiEndpoint.post("webhook", "/api/webhooks/verifyhuman")
      .setPayload(Schema.Unknown.annotations({ jsonSchema: { type: "object" } }))
      .setHeaders(
        Schema.Struct({
          "x-verifyhuman-signature": header(
            "`sha256=` and the HMAC-SHA256 of the body, or of the timestamp, a dot and the body, in hex."
          ),
          "x-verifyhuman-timestamp": header("Unix seconds at signing, where they are signed.")
        })
      )
      .addSuccess(Schema.Struct({ received: Schema.Literal(true) }))
      .addError(unauthenticated)
      .addError(problemSchema("payload_too_large"))
      .addError(problemSchema("storage_unavailable", "overloaded"))
      .annotate(OpenApi.Summary, "VerifyHuman's signed webhooks")
      .annotate(OpenApi.Transform, answers({ 200: ["The event, and the verdict that follows, are stored."] }))
  )
  .annotate(OpenApi.Description, "What VerifyHuman calls.")

const Health = HttpApiGroup.make("health")
  .add(
    HttpApiEndpoint.get("live", "/health/live")
      .addSuccess(Schema.Struct({ status: Schema.Literal("live") }))
      .annotate(OpenApi.Summary, "The process answers")
      .annotate(OpenApi.Transform, answers({ 200: ["It does."] }))
  )
  .add(
    HttpApiEndpoint.get("ready", "/health/ready")
      .addSuccess(Schema.Struct({ status: Schema.Literal("ready") }))
      .addError(problemSchema("storage_unavailable", "overloaded"))
      .annotate(
        OpenApi.Summary,
        "The service can take work: its database answers and it is not shutting down"
      )
      .annotate(OpenApi.Transform, answers({ 200: ["It can."] }))
  )
  .annotate(OpenApi.Description, "For load balancers and supervisors.")

/** Everything that is visible from outside (contract sections 3, 4 and 9). */
export class Api extends HttpApi.make("verifyhuman-dropin")
  .add(Phone)
  .add(Provider)
  .add(OperatorApi)
  .add(Health)
  .annotate(OpenApi.Title, "verifyhuman-dropin")
  .annotate(OpenApi.Version, "1.0.0")
  .annotate(OpenApi.Description, "The backend of VerifyHuman's mobile app drop-in.")
  .annotate(OpenApi.License, { name: "MIT", url: "https://opensource.org/license/mit" })
  .annotate(OpenApi.Servers, [{ url: "/" }])
  .annotate(HttpApi.AdditionalSchemas, [WireProblem])
  .annotate(OpenApi.Transform, completed) {}
