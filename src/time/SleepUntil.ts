import { Clock, Effect } from "effect"

/** A rest below a nanosecond is none to a timer: it would end at once, and be asked for again without end. */
const leastMillis = 1e-6

/** A timer of Node may end a millisecond before its time by the clock: whoever looks at the clock then is still too early. */
export const sleepUntil = (time: number): Effect.Effect<void> =>
  Effect.flatMap(Clock.currentTimeMillis, (now) =>
    time - now < leastMillis ? Effect.void : Effect.zipRight(Effect.sleep(time - now), sleepUntil(time))
  )
