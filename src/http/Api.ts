import { HttpApi, HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "@effect/platform"
import { Schema } from "effect"
import { Product } from "../domain/Product.js"
import { Access } from "./Access.js"
import { answersSet, bodyIsOptional, completed } from "./Description.js"
import { OperatorApi } from "./OperatorApi.js"
import { problemSchema, WireProblem } from "./Problem.js"

const Time = Schema.String.annotations({ jsonSchema: { type: "string", format: "date-time" } })
const SessionRef = Schema.String.annotations({
  jsonSchema: { type: "string", pattern: "^vs_[A-Za-z0-9_-]{32}$" }
})
const Text200 = Schema.String.pipe(Schema.maxLength(200))

const startFields = {
  product: Schema.optional(Product),
  redirect_url: Schema.optional(Schema.String),
  failure_redirect_url: Schema.optional(Schema.String),
  restart: Schema.optional(Schema.Boolean)
}

/** What a phone may ask for; the whole body is optional (contract section 3). */
export const PhoneStart = Schema.Struct(startFields).annotations({ identifier: "StartVerification" })

/** What the team's own backend may ask for besides. */
export const ServiceStart = Schema.Struct({
  ...startFields,
  expires_in_hours: Schema.optional(Schema.Int.pipe(Schema.between(1, 72))),
  page_title: Schema.optional(Text200),
  success_message: Schema.optional(Text200),
  failure_message: Schema.optional(Text200),
  reference: Schema.optional(Text200)
}).annotations({ identifier: "StartVerificationByService" })

export const Started = Schema.Struct({
  session_ref: SessionRef,
  hosted_verification_url: Schema.NullOr(Schema.String),
  status: Schema.Literal("pending"),
  expires_at: Time
}).annotations({ identifier: "Started" })

/** A session of the mobile REST model (contract section 3, `POST /api/track-verification`). */
export const TrackRequest = Schema.Struct({
  product: Product,
  provider_session_id: Schema.String.pipe(Schema.pattern(/^[A-Za-z0-9_-]{1,128}$/))
}).annotations({ identifier: "TrackVerification" })

export const Tracked = Schema.Struct({
  session_ref: SessionRef,
  status: Schema.Literal("pending", "pass", "fail"),
  expires_at: Time
}).annotations({ identifier: "Tracked" })

const statusFields = {
  session_ref: SessionRef,
  status: Schema.Literal("pending", "pass", "fail"),
  reason: Schema.NullOr(
    Schema.Literal("awaiting_result", "in_review", "unconfirmable", "declined", "provider_error", "expired")
  ),
  can_retry: Schema.Boolean,
  expires_at: Time,
  updated_at: Time
}

export const Status = Schema.Struct(statusFields).annotations({ identifier: "Status" })

export const Verifications = Schema.Struct({
  items: Schema.Array(Schema.Struct({ ...statusFields, product: Product, created_at: Time })),
  next_cursor: Schema.NullOr(Schema.String)
}).annotations({ identifier: "Verifications" })

const unauthenticated = problemSchema("unauthenticated")
const unavailable = problemSchema("storage_unavailable", "authentication_unavailable", "overloaded")
const sessionNotFound = problemSchema("session_not_found")
const invalidRequest = problemSchema("invalid_request")
const SessionRefParam = Schema.Struct({ session_ref: Schema.String })

const Phone = HttpApiGroup.make("phone")
  .add(
    HttpApiEndpoint.post("start", "/api/start-verification")
      .setPayload(Schema.Union(PhoneStart, ServiceStart))
      .setHeaders(Schema.Struct({ "idempotency-key": Schema.optional(Schema.String) }))
      .addSuccess(Started.annotations({ description: "A new session." }), { status: 201 })
      .addSuccess(Started.annotations({ description: "The equal session that is open." }), { status: 200 })
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
        "Open the URL on the phone; only the status tells the verdict. With `Idempotency-Key` the first success is replayed for 24 hours. Only a service key may send the fields of `StartVerificationByService`."
      )
      .annotate(OpenApi.Transform, bodyIsOptional)
  )
  .add(
    HttpApiEndpoint.post("track", "/api/track-verification")
      .setPayload(TrackRequest)
      .addSuccess(Tracked, { status: 201 })
      .addSuccess(Tracked, { status: 200 })
      .addError(invalidRequest)
      .addError(problemSchema("already_tracked"))
      .addError(problemSchema("payload_too_large"))
      .addError(problemSchema("unsupported_media_type"))
      .addError(problemSchema("rate_limited"))
      .addError(problemSchema("provider_rejected"))
      .addError(unavailable)
      .annotate(OpenApi.Summary, "Track a session that the app's own SDK has started")
  )
  .add(
    HttpApiEndpoint.get("status", "/api/verify-status")
      .setUrlParams(SessionRefParam)
      .setHeaders(
        Schema.Struct({
          "if-none-match": Schema.optional(Schema.String),
          prefer: Schema.optional(Schema.String)
        })
      )
      .addSuccess(Status)
      .addSuccess(HttpApiSchema.Empty(304).annotations({ description: "Nothing that you do not know." }))
      .addError(invalidRequest)
      .addError(sessionNotFound)
      .addError(problemSchema("rate_limited"))
      .addError(unavailable)
      .annotate(OpenApi.Summary, "The verdict, or that it is pending")
      .annotate(
        OpenApi.Description,
        "Send `If-None-Match` with the `ETag` of the last answer for a 304, and `Prefer: wait=N` (at most 30 seconds) to hold the answer until the status changes."
      )
      .annotate(
        OpenApi.Transform,
        answersSet({
          200: ["ETag", "Retry-After", "Preference-Applied"],
          304: ["ETag", "Retry-After", "Preference-Applied"]
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
      .annotate(OpenApi.Summary, "The status and each change of it, as server-sent events named `status`")
  )
  .add(
    HttpApiEndpoint.get("list", "/api/verifications")
      .setUrlParams(
        Schema.Struct({
          limit: Schema.optional(Schema.NumberFromString.pipe(Schema.int(), Schema.between(1, 100))),
          cursor: Schema.optional(Schema.String)
        })
      )
      .addSuccess(Verifications)
      .addError(invalidRequest)
      .addError(unavailable)
      .annotate(OpenApi.Summary, "The caller's own verifications, newest first")
  )
  .middleware(Access)
  .annotate(OpenApi.Description, "What the mobile app asks for.")

const Provider = HttpApiGroup.make("provider")
  .add(
    HttpApiEndpoint.post("webhook", "/api/webhooks/verifyhuman")
      .setPayload(Schema.Unknown)
      .setHeaders(
        Schema.Struct({
          "x-verifyhuman-signature": Schema.optional(Schema.String),
          "x-verifyhuman-timestamp": Schema.optional(Schema.String)
        })
      )
      .addSuccess(Schema.Struct({ received: Schema.Literal(true) }))
      .addError(unauthenticated)
      .addError(problemSchema("payload_too_large"))
      .addError(problemSchema("storage_unavailable", "overloaded"))
      .annotate(OpenApi.Summary, "VerifyHuman's signed webhooks")
  )
  .annotate(OpenApi.Description, "What VerifyHuman calls.")

const Health = HttpApiGroup.make("health")
  .add(
    HttpApiEndpoint.get("live", "/health/live")
      .addSuccess(Schema.Struct({ status: Schema.Literal("live") }))
      .annotate(OpenApi.Summary, "The process answers")
  )
  .add(
    HttpApiEndpoint.get("ready", "/health/ready")
      .addSuccess(Schema.Struct({ status: Schema.Literal("ready") }))
      .addError(problemSchema("storage_unavailable", "overloaded"))
      .annotate(
        OpenApi.Summary,
        "The service can take work: its database answers and it is not shutting down"
      )
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
