import { Clock, Context, Effect, Layer, Schedule } from "effect"
import type { StorageUnavailable } from "../domain/StorageUnavailable.js"

/** Times before which each kind of data goes, in milliseconds since the epoch. */
export interface Cutoffs {
  /** Raw bodies of webhooks and of the provider's answers, and attempts at delivered actions. */
  readonly bodies: number
  /** What only answers questions about the last day: idempotency keys, and starts for their limit. */
  readonly daily: number
}

/** What can be thrown away (contract section 2, `RETENTION_DAYS`). */
export class RetentionStore extends Context.Tag("verifyhuman-dropin/RetentionStore")<
  RetentionStore,
  {
    /** Erases up to `limit` rows of each kind, each kind in a statement of its own; how many in all. */
    readonly purge: (cutoffs: Cutoffs, limit: number) => Effect.Effect<number, StorageUnavailable>
  }
>() {}

const dayMillis = 24 * 60 * 60 * 1000
const batch = 500

/** Erases what is too old, every hour, in batches that let everything else through. */
export const retentionLayer = (days: number): Layer.Layer<never, never, RetentionStore> =>
  Layer.scopedDiscard(
    Effect.gen(function* () {
      const store = yield* RetentionStore

      const purge = Effect.gen(function* () {
        const now = yield* Clock.currentTimeMillis
        const cutoffs = { bodies: now - days * dayMillis, daily: now - dayMillis }
        let total = 0
        while (true) {
          const erased = yield* store.purge(cutoffs, batch)
          total += erased
          if (erased === 0) break
          yield* Effect.sleep("20 millis")
        }
        if (total > 0) yield* Effect.logInfo("Old data erased").pipe(Effect.annotateLogs({ rows: total }))
      }).pipe(Effect.catchAllCause((cause) => Effect.logWarning("Old data could not be erased", cause)))

      yield* Effect.forkScoped(Effect.repeat(purge, Schedule.spaced("1 hour")))
    })
  )
