import { Data } from "effect"

export class EventNotFound extends Data.TaggedError("EventNotFound") {}

/** Why an event cannot be given to a session (contract sections 5 and 6). */
export class EventNotLinkable extends Data.TaggedError("EventNotLinkable")<{
  readonly why: "not_unmatched" | "wrong_environment" | "wrong_product" | "verification_bound"
}> {}
