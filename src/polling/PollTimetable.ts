import { Context, type Effect } from "effect"
import type { Poll } from "../domain/Poll.js"
import type { Product } from "../domain/Product.js"
import type { StorageUnavailable } from "../domain/StorageUnavailable.js"

/** Which tracked session is asked for when (contract section 8). */
export class PollTimetable extends Context.Tag("verifyhuman-dropin/PollTimetable")<
  PollTimetable,
  {
    /** Takes sessions of these products that are due; nobody else gets them before `until`. */
    readonly claim: (
      products: ReadonlyArray<Product>,
      now: number,
      until: number,
      limit: number
    ) => Effect.Effect<ReadonlyArray<Poll>, StorageUnavailable>
    /** Without effect on a session that is decided, or that another worker has taken over. */
    readonly reschedule: (poll: Poll, nextAt: number) => Effect.Effect<void, StorageUnavailable>
  }
>() {}
