import { Effect } from "effect"
import type { Action, ActionAttempt } from "../../domain/Action.js"
import type { AuditEntry } from "../../domain/Audit.js"
import { allOf } from "../../domain/Cursor.js"
import type { Poll } from "../../domain/Poll.js"
import type { ActionsTable, AuditTable, PollsTable } from "../Tables.js"
import { is, isWithin, keyOf, page, purge, type Store } from "./Store.js"

export const actionsMemory = (store: Store): ActionsTable => {
  const actions = store.table<Action>()
  const attempts = store.table<ActionAttempt>()
  const attemptKey = ({ actionId, attempt }: ActionAttempt) => keyOf(actionId, attempt)
  const bySequence = (a: Action, b: Action) => a.sequence - b.sequence
  const ofSession = (sessionRef: string) =>
    actions
      .all()
      .filter((action) => action.sessionRef === sessionRef)
      .sort(bySequence)
  const isFirst = (action: Action) =>
    ofSession(action.sessionRef).find(({ state }) => state === "pending")?.id === action.id
  const select = (isWanted: (action: Action) => boolean) => Effect.sync(() => actions.all().filter(isWanted))
  return {
    insert: (action) => Effect.sync(() => actions.set(action.id, action)),
    find: (id) => Effect.sync(() => actions.get(id)),
    claim: (now, until, limit) =>
      Effect.sync(() => {
        const due = actions
          .all()
          .filter((action) => action.state === "pending" && action.nextAttemptAt <= now && isFirst(action))
          .sort((a, b) => a.nextAttemptAt - b.nextAttemptAt)
          .slice(0, limit)
          .map((action) => ({
            ...action,
            attempts: action.attempts + 1,
            tries: action.tries + 1,
            nextAttemptAt: until
          }))
        for (const action of due) actions.set(action.id, action)
        return due
      }),
    settle: (action, end) =>
      Effect.sync(() => {
        const known = actions.get(action.id)
        if (known?.state !== "pending" || known.attempts !== action.attempts) return false
        actions.set(action.id, { ...known, ...end })
        return true
      }),
    redrive: (id, now) =>
      Effect.sync(() => {
        const known = actions.get(id)
        if (known?.state !== "dead") return null
        const due: Action = { ...known, state: "pending", tries: 0, nextAttemptAt: now, finishedAt: null }
        actions.set(id, due)
        return due
      }),
    list: (environment, { state, ...period }, { before, limit }) =>
      Effect.map(
        select(
          (action) =>
            action.environment === environment &&
            is(state, action.state) &&
            isWithin(period, action.createdAt)
        ),
        (found) => allOf(page(found, ({ createdAt, id }) => ({ at: createdAt, id }), before, limit))
      ),
    count: (environment, state, most) =>
      Effect.map(
        select((action) => action.environment === environment && action.state === state),
        (found) => Math.min(most, found.length)
      ),
    oldestPending: (environment) =>
      Effect.map(
        select((action) => action.environment === environment && action.state === "pending"),
        (found) => (found.length === 0 ? null : Math.min(...found.map(({ createdAt }) => createdAt)))
      ),
    ofSession: (sessionRef) => Effect.sync(() => ofSession(sessionRef)),
    deleteOf: (sessionRef) =>
      Effect.sync(() => {
        for (const { id } of ofSession(sessionRef)) {
          for (const attempt of attempts.all().filter(({ actionId }) => actionId === id)) {
            attempts.delete(attemptKey(attempt))
          }
          actions.delete(id)
        }
      }),

    insertAttempt: (attempt) => Effect.sync(() => attempts.set(attemptKey(attempt), attempt)),
    attemptsOf: (sessionRef) =>
      Effect.sync(() => {
        const ids = ofSession(sessionRef).map(({ id }) => id)
        return attempts
          .all()
          .filter(({ actionId }) => ids.includes(actionId))
          .sort((a, b) => a.at - b.at || a.attempt - b.attempt)
      }),
    purgeAttempts: (before, limit) =>
      purge(
        attempts,
        attemptKey,
        ({ actionId, at }) => at < before && actions.get(actionId)?.state === "delivered",
        limit
      )
  }
}

export const pollsMemory = (store: Store): PollsTable => {
  const polls = store.table<Poll>()
  return {
    insert: (poll) => Effect.sync(() => polls.set(poll.sessionRef, poll)),
    claim: (products, now, until, limit) =>
      Effect.sync(() => {
        const due = polls
          .all()
          .filter(({ nextAt, product }) => nextAt <= now && products.includes(product))
          .sort((a, b) => a.nextAt - b.nextAt)
          .slice(0, limit)
          .map((poll) => ({ ...poll, attempts: poll.attempts + 1, nextAt: until }))
        for (const poll of due) polls.set(poll.sessionRef, poll)
        return due
      }),
    reschedule: ({ attempts, sessionRef }, nextAt) =>
      Effect.sync(() => {
        const known = polls.get(sessionRef)
        if (known?.attempts === attempts) polls.set(sessionRef, { ...known, nextAt })
      }),
    delete: (sessionRef) => Effect.sync(() => polls.delete(sessionRef))
  }
}

export const auditMemory = (store: Store): AuditTable => {
  const entries = store.table<AuditEntry>()
  return {
    insert: (entry) => Effect.sync(() => entries.set(entry.id, entry)),
    ofTargets: (targets) =>
      Effect.sync(() =>
        entries
          .all()
          .filter(({ target }) => target !== null && targets.includes(target))
          .sort((a, b) => a.at - b.at)
      ),
    list: (before, limit) => Effect.sync(() => page(entries.all(), (entry) => entry, before, limit))
  }
}
