import { Effect, type Scope } from "effect"

const measures = new Set<() => void>()

/** What is measured whenever somebody looks, as long as the scope is open. */
export const measured = (measure: () => void): Effect.Effect<void, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => void measures.add(measure)),
    () => Effect.sync(() => void measures.delete(measure))
  )

export const measureAll: Effect.Effect<void> = Effect.sync(() => {
  for (const measure of measures) measure()
})
