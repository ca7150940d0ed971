import { Effect } from "effect"

/** Until the loop has read the requests that wait in their sockets: work on SQLite lets none of them through. */
export const endOfTurn: Effect.Effect<void> = Effect.async((resume) => {
  setImmediate(() => resume(Effect.void))
})
