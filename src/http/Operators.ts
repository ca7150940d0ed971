import { HttpApiBuilder, HttpServerRequest } from "@effect/platform"
import { NodeHttpServerRequest } from "@effect/platform-node"
import { Clock, Effect, Option } from "effect"
import { Outbox } from "../actions/Outbox.js"
import { allOf } from "../domain/Cursor.js"
import { iso, millisOf } from "../domain/Iso.js"
import { Observing } from "../operators/Observing.js"
import { Operations } from "../operators/Operations.js"
import { CurrentOperator } from "../operators/Operator.js"
import { Records } from "../operators/Records.js"
import { PollGate } from "../polling/PollGate.js"
import { prometheusText } from "../telemetry/PrometheusText.js"
import { Inbox } from "../webhooks/Inbox.js"
import { RejectedDeliveries } from "../webhooks/RejectedDeliveries.js"
import { Api } from "./Api.js"
import { listPage } from "./ListCursor.js"
import { writer } from "./OperatorAccess.js"
import {
  actionItem,
  auditItem,
  eventBody,
  eventItem,
  failuresIn,
  rejectedItem,
  sessionItem,
  timelineBody,
  trendItem
} from "./OperatorAnswer.js"
import { Link } from "./OperatorBodies.js"
import { makeOperatorTurns } from "./OperatorTurns.js"
import { Problem } from "./Problem.js"
import { problemOf } from "./Problems.js"
import { readJson } from "./RequestBody.js"

const bodyLimit = 1024

const millis = (time: string | undefined) => (time === undefined ? undefined : (millisOf(time) ?? undefined))

const period = ({ from, to }: { readonly from: string | undefined; readonly to: string | undefined }) => ({
  from: millis(from),
  to: millis(to)
})

/** The operator's routes (contract section 9). */
export const OperatorsLive = HttpApiBuilder.group(Api, "operator", (handlers) =>
  Effect.gen(function* () {
    const records = yield* Records
    const operations = yield* Operations
    const inbox = yield* Inbox
    const outbox = yield* Outbox
    const rejected = yield* RejectedDeliveries
    const gate = yield* PollGate
    const observing = yield* Observing
    const inTurn = yield* makeOperatorTurns
    const ask = <A, E extends Parameters<typeof problemOf>[0]>(question: Effect.Effect<A, E>) =>
      inTurn(Effect.mapError(question, problemOf))

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
          const figures = yield* ask(records.figures)
          const { openUntil, refused } = yield* gate.current
          const now = yield* Clock.currentTimeMillis
          return {
            may_write: (yield* CurrentOperator).mayWrite,
            unmatched_events: figures.unmatchedEvents,
            expired_without_event: figures.expiredWithoutEvent,
            rejected_deliveries: yield* Effect.mapError(rejected.count, problemOf),
            pending_actions: figures.pendingActions,
            dead_actions: figures.deadActions,
            failures: failuresIn(yield* observing.trends),
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
      .handle("trends", () => Effect.map(observing.trends, (trends) => ({ items: trends.map(trendItem) })))
      .handle("sessions", ({ urlParams: { from, limit, to, user_id, verification_id, cursor, ...search } }) =>
        listPage(
          { limit, cursor },
          (before, limit) =>
            ask(
              records.sessions(
                { ...search, ...period({ from, to }), userId: user_id, verificationId: verification_id },
                { before, limit }
              )
            ),
          ({ createdAt, sessionRef }) => ({ at: createdAt, id: sessionRef }),
          sessionItem
        )
      )
      .handle("session", ({ path }) => Effect.map(ask(records.session(path.session_ref)), timelineBody))
      .handle("events", ({ urlParams: { cursor, environment, from, limit, to, ...filter } }) =>
        listPage(
          { limit, cursor },
          (before, limit) =>
            ask(
              inbox.list(
                { ...filter, ...period({ from, to }), eventEnvironment: environment },
                { before, limit }
              )
            ),
          ({ id, receivedAt }) => ({ at: receivedAt, id }),
          eventItem
        )
      )
      .handle("event", ({ path }) => Effect.map(ask(inbox.find(path.id)), eventBody))
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
      .handle("actions", ({ urlParams: { cursor, from, limit, state, to } }) =>
        listPage(
          { limit, cursor },
          (before, limit) => ask(outbox.list({ state, ...period({ from, to }) }, { before, limit })),
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
      .handle("rejected", () =>
        Effect.mapBoth(rejected.recent, {
          onFailure: problemOf,
          onSuccess: (recent) => ({ items: recent.map(rejectedItem), next_cursor: null })
        })
      )
      .handle(
        "eraseUser",
        Effect.fnUntraced(function* ({ path }) {
          const erased = operations.eraseUser(yield* writer, path.user_id)
          return { sessions: yield* Effect.mapError(erased, problemOf) }
        }),
        { uninterruptible: true }
      )
      .handle("metrics", () => Effect.map(observing.look, prometheusText))
      .handle("audit", ({ urlParams }) =>
        listPage(
          urlParams,
          (before, limit) => Effect.map(ask(records.audit(before, limit)), allOf),
          (entry) => entry,
          auditItem
        )
      )
  })
)
