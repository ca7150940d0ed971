import type * as Bodies from "../../http/OperatorBodies.js"

export type Session = typeof Bodies.Session.Type
export type SessionTimeline = typeof Bodies.SessionTimeline.Type
export type Moment = SessionTimeline["timeline"][number]
export type Event = typeof Bodies.Event.Type
export type EventDetails = typeof Bodies.EventDetails.Type
export type Action = typeof Bodies.Action.Type
export type AuditEntry = typeof Bodies.AuditEntry.Type
export type RejectedDelivery = typeof Bodies.RejectedDelivery.Type
export type Overview = typeof Bodies.Overview.Type
export type Trends = typeof Bodies.Trends.Type
export type Trend = Trends["items"][number]

/** One page of a list. */
export interface Page<T> {
  readonly items: ReadonlyArray<T>
  readonly next_cursor: string | null
}
