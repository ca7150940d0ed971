import { Data } from "effect"

export class ActionNotFound extends Data.TaggedError("ActionNotFound") {}

/** Only a dead action can be redriven. */
export class ActionNotDead extends Data.TaggedError("ActionNotDead") {}
