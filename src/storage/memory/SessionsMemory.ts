import { Effect } from "effect"
import { allOf } from "../../domain/Cursor.js"
import type { Session } from "../../domain/Session.js"
import type { IdempotencyRecord, Start } from "../../domain/Start.js"
import { isAmong } from "../../operators/Records.js"
import type { EventsTable, IdempotencyTable, SessionsTable, Slot, StartsTable, UserOf } from "../Tables.js"
import { keyOf, page, purge, type Store } from "./Store.js"

const ofUser = (user: UserOf) => (row: UserOf) =>
  row.environment === user.environment && row.userId === user.userId

const inSlot = (slot: Slot) => (row: Slot) => ofUser(slot)(row) && row.fingerprint === slot.fingerprint

export const sessionsMemory = (store: Store, events: EventsTable): SessionsTable => {
  const sessions = store.table<Session>()
  const find = (sessionRef: string) => Effect.sync(() => sessions.get(sessionRef))
  const open = (slot: Slot) => sessions.all().find((session) => session.open && inSlot(slot)(session)) ?? null
  return {
    insert: (session) => Effect.sync(() => sessions.set(session.sessionRef, session)),
    update: (session) => Effect.sync(() => sessions.set(session.sessionRef, session)),
    find,
    hold: find,
    findOpen: (slot) => Effect.sync(() => open(slot)),
    close: (slot) =>
      Effect.sync(() => {
        const session = open(slot)
        if (session !== null) sessions.set(session.sessionRef, { ...session, open: false, hostedUrl: null })
      }),
    list: (user, before, limit) =>
      Effect.sync(() =>
        page(
          sessions.all().filter(ofUser(user)),
          ({ createdAt, sessionRef }) => ({ at: createdAt, id: sessionRef }),
          before,
          limit
        )
      ),
    search: (environment, filter, { before, limit }) =>
      Effect.sync(() => {
        const found = sessions
          .all()
          .filter((session) => session.environment === environment && isAmong(filter, session))
        const placeOf = ({ sessionRef }: Session) => ({ at: 0, id: sessionRef })
        return allOf(page(found, placeOf, before === null ? null : { at: 0, id: before.id }, limit))
      }),
    due: (environment, now, limit) =>
      Effect.sync(() =>
        sessions
          .all()
          .filter(({ expiryDueAt }) => expiryDueAt !== null && expiryDueAt <= now)
          .filter((session) => session.environment === environment)
          .sort((a, b) => (a.expiryDueAt ?? 0) - (b.expiryDueAt ?? 0))
          .slice(0, limit)
      ),
    delete: (sessionRef) => Effect.sync(() => sessions.delete(sessionRef)),
    countExpiredWithoutEvent: (environment, among) =>
      Effect.gen(function* () {
        const expired = sessions
          .all()
          .filter((session) => session.environment === environment && session.verdict.reason === "expired")
          .sort((a, b) => (a.sessionRef < b.sessionRef ? 1 : -1))
          .slice(0, among)
        const told = yield* Effect.forEach(expired, ({ sessionRef }) =>
          Effect.orDie(events.ofSession(sessionRef))
        )
        return told.filter((found) => found.length === 0).length
      })
  }
}

export const startsMemory = (store: Store): StartsTable => {
  const starts = store.table<Start>()
  const key = ({ sessionRef }: Start) => sessionRef
  return {
    insert: (start) => Effect.sync(() => starts.set(key(start), start)),
    find: (sessionRef) => Effect.sync(() => starts.get(sessionRef)),
    findReserved: (slot) =>
      Effect.sync(
        () => starts.all().find((start) => start.state === "reserved" && inSlot(slot)(start)) ?? null
      ),
    end: (sessionRef, end) =>
      Effect.sync(() => {
        const start = starts.get(sessionRef)
        if (start?.state !== "reserved") return false
        starts.set(sessionRef, { ...start, ...end })
        return true
      }),
    since: (user, since) =>
      Effect.sync(() =>
        starts
          .all()
          .filter((start) => ofUser(user)(start) && start.createdAt > since)
          .sort((a, b) => a.createdAt - b.createdAt)
      ),
    deleteOfUser: (user) => purge(starts, key, ofUser(user), Number.POSITIVE_INFINITY),
    purge: (before, limit) =>
      purge(starts, key, ({ createdAt, state }) => createdAt < before && state !== "reserved", limit)
  }
}

export const idempotencyMemory = (store: Store): IdempotencyTable => {
  const records = store.table<IdempotencyRecord>()
  const key = ({ environment, keyHash, userId }: UserOf & { readonly keyHash: string }) =>
    keyOf(environment, userId, keyHash)
  const underWay = (sessionRef: string) =>
    records.all().filter((record) => record.sessionRef === sessionRef && record.status === null)
  return {
    find: (user, keyHash) => Effect.sync(() => records.get(key({ ...user, keyHash }))),
    put: (record) => Effect.sync(() => records.set(key(record), record)),
    release: (sessionRef) =>
      Effect.sync(() => {
        for (const record of underWay(sessionRef)) records.delete(key(record))
      }),
    complete: (sessionRef, status) =>
      Effect.sync(() => {
        for (const record of underWay(sessionRef)) records.set(key(record), { ...record, status })
      }),
    deleteOfUser: (user) => purge(records, key, ofUser(user), Number.POSITIVE_INFINITY),
    purge: (before, limit) => purge(records, key, ({ createdAt }) => createdAt < before, limit)
  }
}
