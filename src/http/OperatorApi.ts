import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "@effect/platform"
import { Schema } from "effect"
import { millisOf } from "../domain/Iso.js"
import { Product } from "../domain/Product.js"
import { OperatorAccess } from "./OperatorAccess.js"
import {
  Action,
  ActionState,
  AuditEntry,
  Event,
  EventDetails,
  EventState,
  Link,
  list,
  Overview,
  RejectedDelivery,
  Session,
  SessionTimeline,
  Trends
} from "./OperatorBodies.js"
import { problemSchema } from "./Problem.js"

const pageParams = {
  limit: Schema.optional(Schema.NumberFromString.pipe(Schema.int(), Schema.between(1, 100))),
  cursor: Schema.optional(Schema.String)
}

/** No column holds a NUL. */
const Word = Schema.String.pipe(
  Schema.filter((text) => !text.includes("\0"), { message: () => "holds a NUL" })
)

const Moment = Schema.String.pipe(
  Schema.filter((text) => millisOf(text) !== null, { message: () => "is not a time as in RFC 3339" })
)

/** From this time on, and before that one. */
const timeParams = { from: Schema.optional(Moment), to: Schema.optional(Moment) }

const unavailable = problemSchema("storage_unavailable", "overloaded")
const invalid = problemSchema("invalid_request")
const forbidden = problemSchema("forbidden", "cross_site_request")
const mayBeShort =
  "A page may hold fewer items than asked for, even none, where a filter lets few through: `next_cursor` tells whether there is more."
const Environment = Schema.Literal("test", "live")
const idParam = Schema.Struct({ id: Schema.String })

/** What operators ask for and change (contract section 9). */
export const OperatorApi = HttpApiGroup.make("operator")
  .add(
    HttpApiEndpoint.get("overview", "/api/admin/overview")
      .addSuccess(Overview)
      .addError(unavailable)
      .annotate(OpenApi.Summary, "Figures that tell whether the provider sends what can be matched")
  )
  .add(
    HttpApiEndpoint.get("trends", "/api/admin/trends")
      .addSuccess(Trends)
      .annotate(
        OpenApi.Summary,
        "How the last two hours went, in steps of 10 seconds: of the process that answers, since it began"
      )
  )
  .add(
    HttpApiEndpoint.get("sessions", "/api/admin/sessions")
      .setUrlParams(
        Schema.Struct({
          ...pageParams,
          ...timeParams,
          status: Schema.optional(Schema.Literal("pending", "pass", "fail")),
          reason: Schema.optional(Word),
          product: Schema.optional(Product),
          environment: Schema.optional(Environment),
          user_id: Schema.optional(Word),
          verification_id: Schema.optional(Schema.String)
        })
      )
      .addSuccess(list(Session, "Sessions"))
      .addError(invalid)
      .addError(unavailable)
      .annotate(OpenApi.Summary, "Sessions, newest first")
      .annotate(OpenApi.Description, mayBeShort)
  )
  .add(
    HttpApiEndpoint.get("session", "/api/admin/sessions/:session_ref")
      .setPath(Schema.Struct({ session_ref: Schema.String }))
      .addSuccess(SessionTimeline)
      .addError(problemSchema("session_not_found"))
      .addError(unavailable)
      .annotate(OpenApi.Summary, "One session: every delivery, verdict and action attempt")
  )
  .add(
    HttpApiEndpoint.get("events", "/api/admin/events")
      .setUrlParams(
        Schema.Struct({
          ...pageParams,
          ...timeParams,
          state: Schema.optional(EventState),
          product: Schema.optional(Word),
          environment: Schema.optional(Word)
        })
      )
      .addSuccess(list(Event, "Events"))
      .addError(invalid)
      .addError(unavailable)
      .annotate(OpenApi.Summary, "Events, newest first")
      .annotate(OpenApi.Description, mayBeShort)
  )
  .add(
    HttpApiEndpoint.get("event", "/api/admin/events/:id")
      .setPath(idParam)
      .addSuccess(EventDetails)
      .addError(problemSchema("event_not_found"))
      .addError(unavailable)
      .annotate(OpenApi.Summary, "One event, and the references that it carries")
  )
  .add(
    HttpApiEndpoint.post("link", "/api/admin/events/:id/link")
      .setPath(idParam)
      .setPayload(Link)
      .addSuccess(Event)
      .addError(invalid)
      .addError(forbidden)
      .addError(problemSchema("event_not_found", "session_not_found"))
      .addError(problemSchema("event_not_linkable"))
      .addError(problemSchema("payload_too_large"))
      .addError(problemSchema("unsupported_media_type"))
      .addError(unavailable)
      .annotate(OpenApi.Summary, "Give an unmatched event to a session")
  )
  .add(
    HttpApiEndpoint.post("replay", "/api/admin/events/:id/replay")
      .setPath(idParam)
      .addSuccess(Event)
      .addError(forbidden)
      .addError(problemSchema("event_not_found"))
      .addError(unavailable)
      .annotate(OpenApi.Summary, "Take an event in once more, also one that came too late")
  )
  .add(
    HttpApiEndpoint.get("actions", "/api/admin/actions")
      .setUrlParams(Schema.Struct({ ...pageParams, ...timeParams, state: Schema.optional(ActionState) }))
      .addSuccess(list(Action, "Actions"))
      .addError(invalid)
      .addError(unavailable)
      .annotate(OpenApi.Summary, "Actions, newest first")
  )
  .add(
    HttpApiEndpoint.post("redrive", "/api/admin/actions/:id/redrive")
      .setPath(idParam)
      .addSuccess(Action)
      .addError(forbidden)
      .addError(problemSchema("action_not_found"))
      .addError(problemSchema("action_not_dead"))
      .addError(unavailable)
      .annotate(OpenApi.Summary, "Make a dead action due again")
  )
  .add(
    HttpApiEndpoint.get("rejected", "/api/admin/rejected-deliveries")
      .addSuccess(list(RejectedDelivery, "RejectedDeliveries"))
      .addError(unavailable)
      .annotate(
        OpenApi.Summary,
        "The last 100 deliveries whose signature was not accepted, and why, newest first"
      )
  )
  .add(
    HttpApiEndpoint.del("eraseUser", "/api/admin/users/:user_id")
      .setPath(Schema.Struct({ user_id: Word }))
      .addSuccess(Schema.Struct({ sessions: Schema.Int }).annotations({ identifier: "Erased" }))
      .addError(forbidden)
      .addError(unavailable)
      .annotate(OpenApi.Summary, "Forget a user: sessions, identifiers, bodies and actions")
  )
  .add(
    HttpApiEndpoint.get("audit", "/api/admin/audit")
      .setUrlParams(Schema.Struct(pageParams))
      .addSuccess(list(AuditEntry, "AuditEntries"))
      .addError(invalid)
      .addError(unavailable)
      .annotate(OpenApi.Summary, "Every write of an operator, newest first")
  )
  .add(
    HttpApiEndpoint.get("metrics", "/metrics")
      .addSuccess(HttpApiSchema.Text({ contentType: "text/plain; version=0.0.4; charset=utf-8" }))
      .annotate(OpenApi.Summary, "Metrics, in the text format of Prometheus")
  )
  .middleware(OperatorAccess)
  .annotate(OpenApi.Description, "For operators, with a token of `ADMIN_TOKENS` or `ADMIN_READ_TOKENS`.")
