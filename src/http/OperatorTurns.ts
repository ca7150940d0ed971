import { Effect } from "effect"
import { endOfTurn } from "../time/EndOfTurn.js"
import { Problem } from "./Problem.js"

const mostWaiting = 32

/**
 * One operator's question at a time: on SQLite nobody is answered while one is read, so that many at once would hold up
 * the phones. Who finds too many waiting is told to come back.
 */
export const makeOperatorTurns = Effect.map(Effect.makeSemaphore(1), (semaphore) => {
  let waiting = 0
  return <A, E, R>(question: Effect.Effect<A, E, R>): Effect.Effect<A, E | Problem, R> =>
    Effect.suspend((): Effect.Effect<A, E | Problem, R> => {
      if (waiting >= mostWaiting) return new Problem({ code: "overloaded" })
      waiting += 1
      return semaphore
        .withPermits(1)(Effect.zipLeft(question, endOfTurn))
        .pipe(
          Effect.ensuring(
            Effect.sync(() => {
              waiting -= 1
            })
          )
        )
    })
})
