import { HttpApiBuilder, HttpServerRequest } from "@effect/platform"
import { NodeHttpServerRequest } from "@effect/platform-node"
import { Clock, Effect, Option, Schema } from "effect"
import { Outbox } from "../actions/Outbox.js"
import { iso } from "../domain/Iso.js"
import { Operations } from "../operators/Operations.js"
import { Records } from "../operators/Records.js"
import { PollGate } from "../polling/PollGate.js"
import { Inbox } from "../webhooks/Inbox.js"
import { RejectedDeliveries } from "../webhooks/RejectedDeliveries.js"
import { Api } from "./Api.js"
import { listPage } from "./ListCursor.js"
import { writer } from "./OperatorAccess.js"
import { actionItem, auditItem, eventItem, timelineBody } from "./OperatorAnswer.js"
import { Problem } from "./Problem.js"
import { problemOf } from "./Problems.js"
import { readJson } from "./RequestBody.js"

const bodyLimit = 1024
const Link = Schema.Struct({ session_ref: Schema.String })

/** The operator's routes (contract section 9). */
export const OperatorsLive = HttpApiBuilder.group(Api, "operator", (handlers) =>
  Effect.gen(function* () {
    const records = yield* Records
    const operations = yield* Operations
    const inbox = yield* Inbox
    const outbox = yield* Outbox
    const rejected = yield* RejectedDeliveries
    const gate = yield* PollGate

    const linkedSession = Effect.gen(function* () {
      const request = NodeHttpServerRequest.toIncomingMessage(yield* HttpServerRequest.HttpServerRequest)
      const body = yield* readJson(Link, request, bodyLimit)
      if (Option.isSome(body)) return body.value.session_ref
      const errors = [{ path: "session_ref", message: "is missing" }]
      return yield* new Problem({ code: "invalid_request", errors })
    })

    return handlers
      .handle("overview", () =>
        Effect.gen(function* () {
          const figures = yield* Effect.mapError(records.figures, problemOf)
          const { openUntil, refused } = yield* gate.current
          const now = yield* Clock.currentTimeMillis
          return {
            unmatched_events: figures.unmatchedEvents,
            expired_without_event: figures.expiredWithoutEvent,
            rejected_deliveries: yield* Effect.mapError(rejected.count, problemOf),
            pending_actions: figures.pendingActions,
            dead_actions: figures.deadActions,
            poller: {
              breaker: openUntil === null ? "closed" : openUntil > now ? "open" : "half_open",
              refused: [...refused].map(([product, { probeAt, why }]) => ({
                product,
                why,
                probe_at: iso(probeAt)
              }))
            }
          } as const
        })
      )
      .handle("session", ({ path }) =>
        Effect.mapBoth(records.session(path.session_ref), { onFailure: problemOf, onSuccess: timelineBody })
      )
      .handle("events", ({ urlParams: { state, ...params } }) =>
        listPage(
          params,
          (before, limit) => Effect.mapError(inbox.list({ state: state ?? null, before, limit }), problemOf),
          ({ id, receivedAt }) => ({ at: receivedAt, id }),
          eventItem
        )
      )
      .handleRaw(
        "link",
        Effect.fnUntraced(function* ({ path }) {
          const operator = yield* writer
          const linked = operations.link(operator, path.id, yield* linkedSession)
          return eventItem((yield* Effect.mapError(linked, problemOf)).event)
        }),
        { uninterruptible: true }
      )
      .handle(
        "replay",
        Effect.fnUntraced(function* ({ path }) {
          const replayed = operations.replay(yield* writer, path.id)
          return eventItem((yield* Effect.mapError(replayed, problemOf)).event)
        }),
        { uninterruptible: true }
      )
      .handle("actions", ({ urlParams: { state, ...params } }) =>
        listPage(
          params,
          (before, limit) => Effect.mapError(outbox.list({ state: state ?? null, before, limit }), problemOf),
          ({ createdAt, id }) => ({ at: createdAt, id }),
          actionItem
        )
      )
      .handle(
        "redrive",
        Effect.fnUntraced(function* ({ path }) {
          const redriven = operations.redrive(yield* writer, path.id)
          return actionItem(yield* Effect.mapError(redriven, problemOf))
        }),
        { uninterruptible: true }
      )
      .handle("audit", ({ urlParams }) =>
        listPage(
          urlParams,
          (before, limit) => Effect.mapError(records.audit(before, limit), problemOf),
          (entry) => entry,
          auditItem
        )
      )
  })
)
