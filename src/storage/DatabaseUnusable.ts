import { Cause, Data } from "effect"

/** The database could not be opened or brought to this program's schema. */
export class DatabaseUnusable extends Data.TaggedError("DatabaseUnusable")<{
  /** Its address, without a password. */
  readonly database: string
  readonly cause: unknown
}> {
  override get message() {
    return `DATABASE_URL: cannot use ${this.database}: ${rootOf(this.cause)}`
  }
}

/** Whatever went wrong with a database is said in its name. */
export const unusable =
  (database: string) =>
  (cause: Cause.Cause<unknown>): DatabaseUnusable =>
    new DatabaseUnusable({ database, cause: Cause.squash(cause) })

const rootOf = (cause: unknown): string => {
  if (cause instanceof AggregateError && cause.message === "") return rootOf(cause.errors[0])
  if (cause instanceof Error && cause.cause !== undefined) return rootOf(cause.cause)
  if (cause instanceof Error) return cause.message
  return Cause.pretty(Cause.fail(cause)).split("\n")[0] ?? ""
}
