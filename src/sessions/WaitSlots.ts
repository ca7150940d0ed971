import { Context, Effect, Layer, type Scope } from "effect"
import type { StorageUnavailable } from "../domain/StorageUnavailable.js"
import { RateLimited } from "./SessionErrors.js"

/** How many waits and streams one user may hold at a time (contract section 3). */
export const slotsPerUser = 8

export const noSlotLeft = new RateLimited({ retryAfterMillis: 1000 })

/** The places in which users wait for a verdict, in every process. */
export class WaitSlots extends Context.Tag("verifyhuman-dropin/WaitSlots")<
  WaitSlots,
  {
    /** Takes one until the scope closes. */
    readonly take: (userId: string) => Effect.Effect<void, RateLimited | StorageUnavailable, Scope.Scope>
  }
>() {
  /** Within one process. */
  static readonly layerMemory: Layer.Layer<WaitSlots> = Layer.sync(WaitSlots, () => {
    const taken = new Map<string, number>()

    const acquire = (userId: string) =>
      Effect.suspend(() => {
        const count = taken.get(userId) ?? 0
        if (count >= slotsPerUser) return Effect.fail(noSlotLeft)
        taken.set(userId, count + 1)
        return Effect.void
      })

    const release = (userId: string) =>
      Effect.sync(() => {
        const count = taken.get(userId) ?? 0
        if (count <= 1) taken.delete(userId)
        else taken.set(userId, count - 1)
      })

    return { take: (userId) => Effect.acquireRelease(acquire(userId), () => release(userId)) }
  })
}
