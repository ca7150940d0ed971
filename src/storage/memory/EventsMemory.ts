import { Effect } from "effect"
import { allOf } from "../../domain/Cursor.js"
import type { InboxEvent } from "../../domain/InboxEvent.js"
import type { VerdictChange } from "../../domain/VerdictChange.js"
import type { EventsTable, IdentifierRow, IdentifiersTable, PastVerdictsTable } from "../Tables.js"
import { is, isWithin, keyOf, page, purge, type Store } from "./Store.js"

const isCounting = ({ state }: InboxEvent) => state === "applied" || state === "superseded"

export const eventsMemory = (store: Store): EventsTable => {
  const events = store.table<InboxEvent>()
  const byDedupeKey = store.table<string>()
  const candidates = store.table<{ readonly event: InboxEvent; readonly hashes: ReadonlyArray<string> }>()
  const carrying = (environment: string, wanted: ReadonlyArray<string>) =>
    candidates
      .all()
      .filter(
        ({ event, hashes }) => event.environment === environment && hashes.some((h) => wanted.includes(h))
      )
  const find = (id: string) => Effect.sync(() => events.get(id))
  const select = (isWanted: (event: InboxEvent) => boolean) =>
    Effect.sync(() => events.all().filter(isWanted))
  return {
    countCopy: (environment, dedupeKey) =>
      Effect.sync(() => {
        const known = events.get(byDedupeKey.get(keyOf(environment, dedupeKey)) ?? "")
        if (known === null) return null
        const counted = { ...known, copies: known.copies + 1 }
        events.set(known.id, counted)
        return counted
      }),
    put: (event) =>
      Effect.sync(() => {
        const { body, copies } = events.get(event.id) ?? event
        byDedupeKey.set(keyOf(event.environment, event.dedupeKey), event.id)
        events.set(event.id, { ...event, body, copies })
      }),
    replace: (event) =>
      Effect.sync(() => {
        const { copies } = events.get(event.id) ?? event
        events.set(event.id, { ...event, copies })
      }),
    find,
    hold: find,
    counting: (sessionRef) => select((event) => event.sessionRef === sessionRef && isCounting(event)),
    ofSession: (sessionRef) =>
      Effect.map(
        select((event) => event.sessionRef === sessionRef),
        (found) => found.sort((a, b) => a.receivedAt - b.receivedAt)
      ),
    list: (environment, { eventEnvironment, product, state, ...period }, { before, limit }) =>
      Effect.map(
        select(
          (event) =>
            event.environment === environment &&
            is(state, event.state) &&
            is(product, event.product) &&
            is(eventEnvironment, event.eventEnvironment) &&
            isWithin(period, event.receivedAt)
        ),
        (found) => allOf(page(found, ({ id, receivedAt }) => ({ at: receivedAt, id }), before, limit))
      ),
    count: (environment, state, most) =>
      Effect.map(
        select((event) => event.environment === environment && event.state === state),
        (found) => Math.min(most, found.length)
      ),
    eraseBodies: (before, limit) =>
      Effect.sync(() => {
        const old = events
          .all()
          .filter(({ body, receivedAt }) => body !== null && receivedAt < before)
          .slice(0, limit)
        for (const event of old) events.set(event.id, { ...event, body: null })
        return old.length
      }),

    insertCandidates: (event, hashes) =>
      Effect.sync(() => {
        const known = candidates.get(event.id)?.hashes ?? []
        candidates.set(event.id, { event, hashes: [...new Set([...known, ...hashes])] })
      }),
    candidatesOf: (eventId) => Effect.sync(() => candidates.get(eventId)?.hashes ?? []),
    deleteCandidates: (eventId) => Effect.sync(() => candidates.delete(eventId)),
    carries: (environment, hash) => Effect.sync(() => carrying(environment, [hash]).length > 0),
    waiting: (environment, hashes) =>
      Effect.sync(() =>
        carrying(environment, hashes)
          .map(({ event }) => events.get(event.id))
          .filter((event) => event !== null)
          .filter(({ state }) => state === "unmatched")
          .sort((a, b) => a.receivedAt - b.receivedAt)
      )
  }
}

export const identifiersMemory = (store: Store): IdentifiersTable => {
  const identifiers = store.table<IdentifierRow & { readonly shared: boolean }>()
  const key = ({ environment, hash }: Pick<IdentifierRow, "environment" | "hash">) => keyOf(environment, hash)
  return {
    claim: (row) =>
      Effect.sync(() => {
        const known = identifiers.get(key(row))
        const shared = known !== null && (known.shared || known.sessionRef !== row.sessionRef)
        identifiers.set(key(row), { ...(known ?? row), shared })
      }),
    find: (environment, hashes) =>
      Effect.sync(() =>
        hashes.map((hash) => identifiers.get(key({ environment, hash }))).filter((found) => found !== null)
      ),
    deleteOf: ({ sessionRef }) =>
      purge(identifiers, key, (row) => row.sessionRef === sessionRef, Number.POSITIVE_INFINITY)
  }
}

export const pastVerdictsMemory = (store: Store): PastVerdictsTable => {
  const verdicts = store.table<VerdictChange>()
  const key = ({ sequence, sessionRef }: VerdictChange) => keyOf(sessionRef, sequence)
  return {
    insert: (change) => Effect.sync(() => verdicts.set(key(change), change)),
    ofSession: (sessionRef) =>
      Effect.sync(() =>
        verdicts
          .all()
          .filter((change) => change.sessionRef === sessionRef)
          .sort((a, b) => a.sequence - b.sequence)
      ),
    deleteOf: (sessionRef) =>
      purge(verdicts, key, (change) => change.sessionRef === sessionRef, Number.POSITIVE_INFINITY)
  }
}
