import { Clock, Effect } from "effect"

/**
 * A timer of Node may end a millisecond before its time by the clock: whoever looks at the clock then is still too early.
 * Whole milliseconds, because a timer that is asked for less than it can count ends at once, and again, and again.
 */
export const sleepUntil = (time: number): Effect.Effect<void> =>
  Effect.flatMap(Clock.currentTimeMillis, (now) =>
    now >= time ? Effect.void : Effect.zipRight(Effect.sleep(Math.ceil(time - now)), sleepUntil(time))
  )
