import { Context, Effect, Layer, type Scope } from "effect"
import { RateLimited } from "../sessions/SessionErrors.js"

const slotsPerUser = 8

/** How many waits and streams one user may hold at a time (contract section 3). */
export class WaitSlots extends Context.Tag("verifyhuman-dropin/WaitSlots")<
  WaitSlots,
  {
    readonly take: (userId: string) => Effect.Effect<void, RateLimited, Scope.Scope>
  }
>() {
  static readonly layer: Layer.Layer<WaitSlots> = Layer.sync(WaitSlots, () => {
    const taken = new Map<string, number>()

    const acquire = (userId: string) =>
      Effect.suspend(() => {
        const count = taken.get(userId) ?? 0
        if (count >= slotsPerUser) return Effect.fail(new RateLimited({ retryAfterMillis: 1000 }))
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
