import { Data } from "effect"

/** What was asked for could not be done; the message says in one line why, and what to do. */
export class CommandFailed extends Data.TaggedError("CommandFailed")<{ readonly message: string }> {}

/** What was asked for makes no sense. */
export class WrongUsage extends Data.TaggedError("WrongUsage")<{ readonly message: string }> {}
