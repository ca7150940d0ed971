import { Context, Effect, Layer } from "effect"
import type { SignatureRejection } from "../domain/Signature.js"
import type { StorageUnavailable } from "../domain/StorageUnavailable.js"
import { diagnosing } from "./Diagnosing.js"
import type { Diagnosis } from "./Diagnosis.js"

/** One delivery that was turned away, as an operator may see it: never its body, never its signature. */
export interface RejectedDelivery {
  readonly at: number
  readonly reason: SignatureRejection | "stale"
  readonly bytes: number
  readonly diagnosis: Diagnosis
}

/** How many are remembered (contract section 4). */
export const rejectionsKept = 100

/** The deliveries whose signature was not accepted: counted, and the last 100 remembered (contract section 4). */
export class RejectedDeliveries extends Context.Tag("verifyhuman-dropin/RejectedDeliveries")<
  RejectedDeliveries,
  {
    /** Counts one, and diagnoses it unless five were diagnosed within this second. */
    readonly record: (
      delivery: Omit<RejectedDelivery, "at" | "diagnosis">,
      diagnose: () => Diagnosis
    ) => Effect.Effect<void>
    readonly count: Effect.Effect<number, StorageUnavailable>
    /** Newest first. */
    readonly recent: Effect.Effect<ReadonlyArray<RejectedDelivery>, StorageUnavailable>
  }
>() {
  /** Of this process, since it began. */
  static readonly layerMemory: Layer.Layer<RejectedDeliveries> = Layer.sync(RejectedDeliveries, () => {
    const recent: Array<RejectedDelivery> = []
    let total = 0
    return {
      record: diagnosing((rejected) =>
        Effect.sync(() => {
          total += 1
          if (rejected === null) return
          recent.unshift(rejected)
          recent.length = Math.min(recent.length, rejectionsKept)
        })
      ),
      count: Effect.sync(() => total),
      recent: Effect.sync(() => [...recent])
    }
  })
}
