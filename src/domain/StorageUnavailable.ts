import { Data } from "effect"

/** The database did not take or give something. Nothing was changed; the same request may be made again. */
export class StorageUnavailable extends Data.TaggedError("StorageUnavailable")<{
  readonly operation: string
  readonly cause: unknown
}> {}
