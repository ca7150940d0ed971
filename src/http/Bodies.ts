import { HttpApiSchema } from "@effect/platform"
import { Schema } from "effect"
import { Product } from "../domain/Product.js"
import { isFit } from "../domain/Text.js"

const Time = Schema.String.annotations({ jsonSchema: { type: "string", format: "date-time" } })
const Uri = Schema.String.annotations({ jsonSchema: { type: "string", format: "uri" } })
const SessionRef = Schema.String.annotations({
  jsonSchema: { type: "string", pattern: "^vs_[A-Za-z0-9_-]{32}$" }
})
/** No database and no log has to hold what does not fit everywhere. */
const Text200 = Schema.String.pipe(
  Schema.maxLength(200),
  Schema.filter(isFit, { message: () => "holds a control character" })
)

const startFields = {
  product: Schema.optional(Product),
  redirect_url: Schema.optional(Uri),
  failure_redirect_url: Schema.optional(Uri),
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

/** A session that was started, or handed out again. */
export const started = (status: 200 | 201) =>
  Schema.Struct({
    session_ref: SessionRef,
    hosted_verification_url: Schema.NullOr(Uri),
    status: Schema.Literal("pending"),
    expires_at: Time
  }).annotations({ identifier: "Started", ...HttpApiSchema.annotations({ status }) })

/** A session of the mobile REST model (contract section 3, `POST /api/track-verification`). */
export const TrackRequest = Schema.Struct({
  product: Product,
  provider_session_id: Schema.String.pipe(Schema.pattern(/^[A-Za-z0-9_-]{1,128}$/))
}).annotations({ identifier: "TrackVerification" })

/** A session that is tracked, from now on or since before. */
export const tracked = (status: 200 | 201) =>
  Schema.Struct({
    session_ref: SessionRef,
    status: Schema.Literal("pending", "pass", "fail"),
    expires_at: Time
  }).annotations({ identifier: "Tracked", ...HttpApiSchema.annotations({ status }) })

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
