import { Effect, Layer } from "effect"
import { Tables } from "../Tables.js"
import { eventsMemory, identifiersMemory, pastVerdictsMemory } from "./EventsMemory.js"
import { idempotencyMemory, sessionsMemory, startsMemory } from "./SessionsMemory.js"
import { makeStore } from "./Store.js"
import { actionsMemory, auditMemory, pollsMemory } from "./WorkMemory.js"

/** The statements over plain maps, for tests and trials: nothing survives the process. */
export const tablesMemory: Layer.Layer<Tables> = Layer.effect(
  Tables,
  Effect.map(makeStore, (store) => {
    const events = eventsMemory(store)
    return Tables.of({
      transaction: (_operation, body) => store.transaction(body),
      together: (_operation, _locks, body) => store.transaction(body),
      lock: () => Effect.void,
      ping: Effect.void,
      sessions: sessionsMemory(store, events),
      starts: startsMemory(store),
      idempotency: idempotencyMemory(store),
      identifiers: identifiersMemory(store),
      events,
      pastVerdicts: pastVerdictsMemory(store),
      actions: actionsMemory(store),
      polls: pollsMemory(store),
      audit: auditMemory(store)
    })
  })
)
