import { Effect, Layer } from "effect"
import { Outbox } from "../actions/Outbox.js"
import { ActionNotDead, ActionNotFound } from "../actions/OutboxErrors.js"
import { VerdictPolicy } from "../sessions/VerdictPolicy.js"
import { Tables } from "./Tables.js"

/** The outbox over any `Tables`. */
export const outboxLayer: Layer.Layer<Outbox, never, Tables | VerdictPolicy> = Layer.effect(
  Outbox,
  Effect.gen(function* () {
    const tables = yield* Tables
    const { environment } = yield* VerdictPolicy

    const record: Outbox["Type"]["record"] = Effect.fnUntraced(function* (action, attempt, end) {
      if (yield* tables.actions.settle(action, end)) yield* tables.actions.insertAttempt(attempt)
    })

    const redrive: Outbox["Type"]["redrive"] = Effect.fnUntraced(function* (id, audit) {
      const known = yield* tables.actions.find(id)
      if (known === null || known.environment !== environment) return yield* new ActionNotFound()
      const due = yield* tables.actions.redrive(id, audit.at)
      if (due === null) return yield* new ActionNotDead()
      yield* tables.audit.insert(audit)
      return due
    })

    return Outbox.of({
      claim: tables.actions.claim,
      record: (action, attempt, end) => tables.together("Outbox.record", [], record(action, attempt, end)),
      list: (filter, page) => tables.actions.list(environment, filter, page),
      redrive: (id, audit) => tables.transaction("Outbox.redrive", redrive(id, audit))
    })
  })
)
