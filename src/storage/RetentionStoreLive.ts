import { Effect, Layer } from "effect"
import { RetentionStore } from "../background/Retention.js"
import { Tables } from "./Tables.js"

/** What can be thrown away of any `Tables`; each statement commits by itself and holds nobody up. */
export const retentionStoreLayer: Layer.Layer<RetentionStore, never, Tables> = Layer.effect(
  RetentionStore,
  Effect.map(Tables, ({ actions, events, idempotency, starts }) => ({
    purge: ({ bodies, daily }, limit) =>
      Effect.map(
        Effect.all([
          events.eraseBodies(bodies, limit),
          actions.purgeAttempts(bodies, limit),
          idempotency.purge(daily, limit),
          starts.purge(daily, limit)
        ]),
        (erased) => erased.reduce((sum, rows) => sum + rows, 0)
      )
  }))
)
