import { Deferred, Effect } from "effect"
import type { Around } from "../suites/interceptedTables.js"

/** Stops a node after a statement, once, until it may go on. */
export const pauseAfter = (name: string) =>
  Effect.gen(function* () {
    const reached = yield* Deferred.make<void>()
    const go = yield* Deferred.make<void>()
    let armed = false
    const around: Around = (statementName, statement) =>
      Effect.tap(statement, () => {
        if (!armed || statementName !== name) return Effect.void
        armed = false
        return Effect.zipRight(Deferred.succeed(reached, undefined), Deferred.await(go))
      })
    return {
      around,
      arm: Effect.sync(() => {
        armed = true
      }),
      reached: Deferred.await(reached),
      go: Deferred.succeed(go, undefined)
    }
  })
