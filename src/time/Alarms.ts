import { Effect, type Scope } from "effect"
import { sleepUntil } from "./SleepUntil.js"

/** Those who are to be woken within the same hundredth of a second share a timer. */
export const togetherMillis = 10

type TurnOff = () => void

export interface Alarms {
  /** Rings once, at that time or up to a hundredth of a second later; not when it was turned off before. */
  readonly set: (at: number, ring: () => void) => Effect.Effect<TurnOff>
}

/** Timers for many who wait: with a fiber for each of them a waiting phone would cost twice as much. */
export const makeAlarms: Effect.Effect<Alarms, never, Scope.Scope> = Effect.map(Effect.scope, (scope) => {
  const due = new Map<number, Set<() => void>>()

  const ringAt = (time: number) =>
    sleepUntil(time).pipe(
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
      return Effect.as(add(time, ring), () => due.get(time)?.delete(ring))
    }
  }
})
