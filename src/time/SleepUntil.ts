import { Clock, Effect } from "effect"

/** A timer of Node may end a millisecond before its time by the clock: whoever looks at the clock then is still too early. */
export const sleepUntil = (time: number): Effect.Effect<void> =>
  Effect.flatMap(Clock.currentTimeMillis, (now) =>
    now >= time ? Effect.void : Effect.zipRight(Effect.sleep(time - now), sleepUntil(time))
  )
