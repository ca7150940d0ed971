import { Effect, Fiber } from "effect"

/**
 * What was begun goes on when the client hangs up and its request is interrupted. It runs in a fiber of its own rather
 * than in an uninterruptible region, because there no timeout could end what it is to end.
 */
export const toItsEnd = <A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.flatMap(Effect.forkDaemon(Effect.interruptible(work)), Fiber.join)
