import { Data } from "effect"

/**
 * The database did not take or give something. The same request may be made again: nothing was changed, or, when the
 * connection was lost during the commit, all of it.
 */
export class StorageUnavailable extends Data.TaggedError("StorageUnavailable")<{
  readonly operation: string
  readonly cause: unknown
  /** The database is well, but more waits for it than it can do in time. */
  readonly overloaded?: true
}> {}
