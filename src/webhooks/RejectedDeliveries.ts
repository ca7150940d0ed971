import { Clock, Context, Effect, Layer } from "effect"
import type { SignatureRejection } from "../domain/Signature.js"
import type { Diagnosis } from "./Diagnosis.js"

/** One delivery that was turned away, as an operator may see it: never its body, never its signature. */
export interface RejectedDelivery {
  readonly at: number
  readonly reason: SignatureRejection | "stale"
  readonly bytes: number
  readonly diagnosis: Diagnosis
}

const kept = 100
const diagnosesPerSecond = 5

/** The deliveries whose signature was not accepted: counted, and the last 100 remembered (contract section 4). */
export class RejectedDeliveries extends Context.Tag("verifyhuman-dropin/RejectedDeliveries")<
  RejectedDeliveries,
  {
    /** Counts one, and diagnoses it unless five were diagnosed within this second. */
    readonly record: (
      delivery: Omit<RejectedDelivery, "at" | "diagnosis">,
      diagnose: () => Diagnosis
    ) => Effect.Effect<void>
    readonly count: Effect.Effect<number>
    /** Newest first. */
    readonly recent: Effect.Effect<ReadonlyArray<RejectedDelivery>>
  }
>() {
  static readonly layer: Layer.Layer<RejectedDeliveries> = Layer.sync(RejectedDeliveries, () => {
    const recent: Array<RejectedDelivery> = []
    let count = 0
    let second = 0
    let diagnosed = 0
    return {
      record: Effect.fnUntraced(function* (delivery, diagnose) {
        const at = yield* Clock.currentTimeMillis
        count += 1
        if (Math.floor(at / 1000) !== second) {
          second = Math.floor(at / 1000)
          diagnosed = 0
        }
        diagnosed += 1
        if (diagnosed > diagnosesPerSecond) return
        const rejected = { ...delivery, at, diagnosis: diagnose() }
        recent.unshift(rejected)
        recent.length = Math.min(recent.length, kept)
        yield* Effect.logWarning("Webhook rejected").pipe(
          Effect.annotateLogs({
            reason: rejected.reason,
            bytes: rejected.bytes,
            diagnosis: rejected.diagnosis.join("; ")
          })
        )
      }),
      count: Effect.sync(() => count),
      recent: Effect.sync(() => [...recent])
    }
  })
}
