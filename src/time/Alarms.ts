import { Cause, Effect, FiberSet, type Scope } from "effect"
import { sleepUntil } from "./SleepUntil.js"

/** Those who are to be woken within the same hundredth of a second share a timer. */
const togetherMillis = 10

type TurnOff = () => void

export interface Alarms {
  /**
   * Rings once, at that time or up to a hundredth of a second later; at once, before this returns, when that has passed; not
   * when it was turned off before.
   */
  readonly set: (at: number, ring: () => void) => TurnOff
}

/** Whoever waits beside one whose alarm fails is woken all the same. */
const sound = (ring: () => void) =>
  Effect.catchAllDefect(Effect.sync(ring), (defect) => Effect.logError("An alarm failed", Cause.die(defect)))

/** Timers for many who wait: with a fiber for each of them a waiting phone would cost twice as much. */
export const makeAlarms: Effect.Effect<Alarms, never, Scope.Scope> = Effect.map(
  FiberSet.makeRuntime<never>(),
  (run) => {
    const due = new Map<number, Set<() => void>>()

    const ringAt = (time: number) =>
      sleepUntil(time).pipe(
        Effect.flatMap(() => {
          const rings = due.get(time) ?? []
          due.delete(time)
          return Effect.forEach(rings, sound, { discard: true })
        }),
        Effect.interruptible
      )

    return {
      set: (at, ring) => {
        const time = Math.ceil(at / togetherMillis) * togetherMillis
        const known = due.get(time)
        due.set(time, (known ?? new Set()).add(ring))
        if (known === undefined) run(ringAt(time))
        return () => due.get(time)?.delete(ring)
      }
    }
  }
)
