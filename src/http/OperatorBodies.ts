import { Schema } from "effect"
import { Product } from "../domain/Product.js"

const Time = Schema.String

/** One page of a list. */
export const list = <A, I>(item: Schema.Schema<A, I>, identifier: string) =>
  Schema.Struct({ items: Schema.Array(item), next_cursor: Schema.NullOr(Schema.String) }).annotations({
    identifier
  })

export const EventState = Schema.Literal("applied", "superseded", "unmatched", "ignored", "unreadable")
export const ActionState = Schema.Literal("pending", "delivered", "dead")

export const Event = Schema.Struct({
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

export const Action = Schema.Struct({
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

export const AuditEntry = Schema.Struct({
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
  kind: Schema.Literal("start", "call", "operator", "event", "verdict", "action", "attempt"),
  id: Schema.NullOr(Schema.String),
  summary: Schema.String,
  details: Schema.Record({ key: Schema.String, value: Schema.Unknown })
}).annotations({ identifier: "Moment" })

const sessionFields = {
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
  decided_at: Schema.NullOr(Time)
}

export const Session = Schema.Struct(sessionFields).annotations({ identifier: "Session" })

export const SessionTimeline = Schema.Struct({
  ...sessionFields,
  timeline: Schema.Array(Moment)
}).annotations({
  identifier: "SessionTimeline"
})

export const Link = Schema.Struct({ session_ref: Schema.String }).annotations({ identifier: "Link" })

/** An event and the references that it carries, by which it could be found to belong to a session. */
export const EventDetails = Schema.Struct({
  ...Event.fields,
  carries: Schema.Array(
    Schema.Struct({
      name: Schema.String,
      value: Schema.NullOr(Schema.String).annotations({ description: "null for a token, which is a secret" })
    })
  )
}).annotations({ identifier: "EventDetails" })

export const Trends = Schema.Struct({
  items: Schema.Array(
    Schema.Struct({
      at: Time,
      passed: Schema.Int,
      failed: Schema.Int,
      rejected_deliveries: Schema.Int,
      provider_errors: Schema.Int,
      webhook_delay: Schema.NullOr(Schema.Number).annotations({ description: "seconds, on average" }),
      waiting_phones: Schema.Int,
      pending_actions: Schema.Int,
      dead_actions: Schema.Int
    })
  )
}).annotations({ identifier: "Trends" })

export const RejectedDelivery = Schema.Struct({
  at: Time,
  reason: Schema.Literal("missing", "malformed", "wrong", "stale"),
  bytes: Schema.Int,
  diagnosis: Schema.Array(Schema.String)
}).annotations({ identifier: "RejectedDelivery" })

export const Overview = Schema.Struct({
  may_write: Schema.Boolean.annotations({ description: "whether the token that asks may change anything" }),
  unmatched_events: Schema.Int,
  expired_without_event: Schema.Int,
  rejected_deliveries: Schema.Int,
  pending_actions: Schema.Int,
  dead_actions: Schema.Int,
  failures: Schema.Array(
    Schema.Struct({
      code: Schema.String,
      title: Schema.String,
      advice: Schema.String,
      count: Schema.Int,
      last_at: Time
    })
  ).annotations({ description: "5xx answers of the last two hours, by code: of the process that answers" }),
  poller: Schema.Struct({
    breaker: Schema.Literal("closed", "open", "half_open"),
    refused: Schema.Array(Schema.Struct({ product: Product, why: Schema.String, probe_at: Time }))
  })
}).annotations({ identifier: "Overview" })
