import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "@effect/platform"
import { Schema } from "effect"
import { Product } from "../domain/Product.js"
import { OperatorAccess } from "./OperatorAccess.js"
import { problemSchema } from "./Problem.js"

const Time = Schema.String
const list = <A, I>(item: Schema.Schema<A, I>, identifier: string) =>
  Schema.Struct({ items: Schema.Array(item), next_cursor: Schema.NullOr(Schema.String) }).annotations({
    identifier
  })

const pageParams = {
  limit: Schema.optional(Schema.NumberFromString.pipe(Schema.int(), Schema.between(1, 100))),
  cursor: Schema.optional(Schema.String)
}

const EventState = Schema.Literal("applied", "superseded", "unmatched", "ignored", "unreadable")
const ActionState = Schema.Literal("pending", "delivered", "dead")

const Event = Schema.Struct({
  id: Schema.String,
  event_id: Schema.NullOr(Schema.String),
  source: Schema.Literal("webhook", "poll"),
  state: EventState,
  why: Schema.NullOr(Schema.String),
  type: Schema.NullOr(Schema.String),
  environment: Schema.NullOr(Schema.String),
  product: Schema.NullOr(Schema.String),
  outcome: Schema.NullOr(Schema.Literal("pass", "review", "declined", "provider_error")),
  provider_status: Schema.NullOr(Schema.String),
  provider_time: Schema.NullOr(Schema.String),
  received_at: Time,
  copies: Schema.Int,
  signature_scheme: Schema.NullOr(Schema.Literal("body", "timestamp.body")),
  secret: Schema.NullOr(Schema.Int),
  session_ref: Schema.NullOr(Schema.String)
}).annotations({ identifier: "Event" })

const Action = Schema.Struct({
  id: Schema.String,
  session_ref: Schema.String,
  type: Schema.String,
  sequence: Schema.Int,
  state: ActionState,
  attempts: Schema.Int,
  created_at: Time,
  next_attempt_at: Schema.NullOr(Time),
  finished_at: Schema.NullOr(Time)
}).annotations({ identifier: "Action" })

const AuditEntry = Schema.Struct({
  id: Schema.String,
  at: Time,
  actor: Schema.String,
  address: Schema.String,
  action: Schema.Literal("link", "replay", "redrive", "erase_user"),
  target: Schema.NullOr(Schema.String),
  details: Schema.Record({ key: Schema.String, value: Schema.Union(Schema.String, Schema.Number) })
}).annotations({ identifier: "AuditEntry" })

const Moment = Schema.Struct({
  at: Time,
  kind: Schema.Literal("start", "event", "verdict", "action", "attempt"),
  id: Schema.NullOr(Schema.String),
  summary: Schema.String,
  details: Schema.Record({ key: Schema.String, value: Schema.Unknown })
}).annotations({ identifier: "Moment" })

const SessionTimeline = Schema.Struct({
  session_ref: Schema.String,
  user_id: Schema.String,
  environment: Schema.Literal("test", "live"),
  product: Product,
  model: Schema.Literal("hosted", "flow", "mobile"),
  reference: Schema.NullOr(Schema.String),
  status: Schema.Literal("pending", "pass", "fail"),
  reason: Schema.NullOr(Schema.String),
  provider_status: Schema.NullOr(Schema.String),
  sequence: Schema.Int,
  open: Schema.Boolean,
  created_at: Time,
  updated_at: Time,
  expires_at: Time,
  expired_at: Schema.NullOr(Time),
  decided_at: Schema.NullOr(Time),
  timeline: Schema.Array(Moment)
}).annotations({ identifier: "SessionTimeline" })

const Overview = Schema.Struct({
  unmatched_events: Schema.Int,
  expired_without_event: Schema.Int,
  rejected_deliveries: Schema.Int,
  pending_actions: Schema.Int,
  dead_actions: Schema.Int,
  poller: Schema.Struct({
    breaker: Schema.Literal("closed", "open", "half_open"),
    refused: Schema.Array(Schema.Struct({ product: Product, why: Schema.String, probe_at: Time }))
  })
}).annotations({ identifier: "Overview" })

const unavailable = problemSchema("storage_unavailable", "overloaded")
const invalid = problemSchema("invalid_request")
const forbidden = problemSchema("forbidden")
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
    HttpApiEndpoint.get("session", "/api/admin/sessions/:session_ref")
      .setPath(Schema.Struct({ session_ref: Schema.String }))
      .addSuccess(SessionTimeline)
      .addError(problemSchema("session_not_found"))
      .addError(unavailable)
      .annotate(OpenApi.Summary, "One session: every delivery, verdict and action attempt")
  )
  .add(
    HttpApiEndpoint.get("events", "/api/admin/events")
      .setUrlParams(Schema.Struct({ ...pageParams, state: Schema.optional(EventState) }))
      .addSuccess(list(Event, "Events"))
      .addError(invalid)
      .addError(unavailable)
      .annotate(OpenApi.Summary, "Events, newest first")
  )
  .add(
    HttpApiEndpoint.post("link", "/api/admin/events/:id/link")
      .setPath(idParam)
      .setPayload(Schema.Struct({ session_ref: Schema.String }).annotations({ identifier: "Link" }))
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
      .setUrlParams(Schema.Struct({ ...pageParams, state: Schema.optional(ActionState) }))
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
    HttpApiEndpoint.get("audit", "/api/admin/audit")
      .setUrlParams(Schema.Struct(pageParams))
      .addSuccess(list(AuditEntry, "AuditEntries"))
      .addError(invalid)
      .addError(unavailable)
      .annotate(OpenApi.Summary, "Every write of an operator, newest first")
  )
  .middleware(OperatorAccess)
  .annotate(OpenApi.Description, "For operators, with a token of `ADMIN_TOKENS` or `ADMIN_READ_TOKENS`.")
