import { Clock, Effect, type Scope } from "effect"

/** Those who are to be woken within the same hundredth of a second share a timer. */
const togetherMillis = 10

export interface Alarms {
  /** Rings once, at that time or up to a hundredth of a second later; not when the scope has closed before. */
  readonly set: (at: number, ring: () => void) => Effect.Effect<void, never, Scope.Scope>
}

/** Timers for many who wait: a fiber for each of them would be half of what a waiting phone costs. */
export const makeAlarms: Effect.Effect<Alarms, never, Scope.Scope> = Effect.map(Effect.scope, (scope) => {
  const due = new Map<number, Set<() => void>>()

  const ringAt = (time: number) =>
    Clock.currentTimeMillis.pipe(
      Effect.flatMap((now) => Effect.sleep(time - now)),
      Effect.zipRight(
        Effect.sync(() => {
          const rings = due.get(time) ?? []
          due.delete(time)
          for (const ring of rings) ring()
        })
      ),
      Effect.interruptible,
      Effect.forkIn(scope),
      Effect.asVoid
    )

  const add = (time: number, ring: () => void) =>
    Effect.suspend(() => {
      const known = due.get(time)
      due.set(time, (known ?? new Set()).add(ring))
      return known === undefined ? ringAt(time) : Effect.void
    })

  return {
    set: (at, ring) => {
      const time = Math.ceil(at / togetherMillis) * togetherMillis
      return Effect.acquireRelease(add(time, ring), () => Effect.sync(() => due.get(time)?.delete(ring)))
    }
  }
})
