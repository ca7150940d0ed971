import { Clock, Effect } from "effect"
import type { Diagnosis } from "./Diagnosis.js"
import type { RejectedDelivery } from "./RejectedDeliveries.js"

const diagnosesPerSecond = 5

/**
 * Diagnoses and logs the first five rejected deliveries of a second, and keeps each: null stands for one that was
 * not diagnosed.
 */
export const diagnosing = (keep: (rejected: RejectedDelivery | null) => Effect.Effect<void>) => {
  let second = 0
  let diagnosed = 0
  return Effect.fnUntraced(function* (
    delivery: Omit<RejectedDelivery, "at" | "diagnosis">,
    diagnose: () => Diagnosis
  ) {
    const at = yield* Clock.currentTimeMillis
    if (Math.floor(at / 1000) !== second) {
      second = Math.floor(at / 1000)
      diagnosed = 0
    }
    diagnosed += 1
    if (diagnosed > diagnosesPerSecond) return yield* keep(null)
    const rejected = { ...delivery, at, diagnosis: diagnose() }
    yield* keep(rejected)
    yield* Effect.logWarning("Webhook rejected").pipe(
      Effect.annotateLogs({
        reason: rejected.reason,
        bytes: rejected.bytes,
        diagnosis: rejected.diagnosis.join("; ")
      })
    )
  })
}
