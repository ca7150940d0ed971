import { Effect, Layer } from "effect"
import type { InboxEvent } from "../domain/InboxEvent.js"
import type { Session } from "../domain/Session.js"
import type { IdempotencyRecord, Start } from "../domain/Start.js"
import { type IdentifierRow, type Slot, Tables, type UserOf, type VerdictRow } from "./Tables.js"

const inSlot = (slot: Slot) => (row: Slot) =>
  row.environment === slot.environment && row.userId === slot.userId && row.fingerprint === slot.fingerprint

const ofUser = (user: UserOf) => (row: UserOf) =>
  row.environment === user.environment && row.userId === user.userId

const newestFirst = (a: Session, b: Session) =>
  b.createdAt - a.createdAt || (a.sessionRef < b.sessionRef ? 1 : a.sessionRef > b.sessionRef ? -1 : 0)

/** The statements over plain maps, for tests and trials: nothing survives the process. */
export const tablesMemory: Layer.Layer<Tables> = Layer.effect(
  Tables,
  Effect.gen(function* () {
    const mutex = yield* Effect.makeSemaphore(1)
    let undo: Array<() => void> = []

    const table = <Row>() => {
      const rows = new Map<string, Row>()
      const restore = (key: string, before: Row | undefined) => () =>
        before === undefined ? rows.delete(key) : rows.set(key, before)
      return {
        get: (key: string): Row | null => rows.get(key) ?? null,
        all: (): ReadonlyArray<Row> => [...rows.values()],
        set: (key: string, row: Row) => {
          undo.push(restore(key, rows.get(key)))
          rows.set(key, row)
        },
        delete: (key: string) => {
          undo.push(restore(key, rows.get(key)))
          rows.delete(key)
        }
      }
    }

    const sessions = table<Session>()
    const starts = table<Start>()
    const idempotency = table<IdempotencyRecord>()
    const identifiers = table<IdentifierRow & { readonly shared: boolean }>()
    const events = table<InboxEvent>()
    const eventIds = table<string>()
    const candidates = table<{ readonly event: InboxEvent; readonly hashes: ReadonlyArray<string> }>()
    const verdicts = table<VerdictRow>()

    const keyOf = (...parts: ReadonlyArray<string | number>) => JSON.stringify(parts)
    const idempotencyKey = (user: UserOf, keyHash: string) => keyOf(user.environment, user.userId, keyHash)
    const idempotencyOf = (sessionRef: string) =>
      idempotency.all().filter((record) => record.sessionRef === sessionRef && record.status === null)

    const rollback = Effect.sync(() => {
      for (const step of undo.reverse()) step()
    })

    return Tables.of({
      transaction: (_operation, body) =>
        Effect.sync(() => {
          undo = []
        }).pipe(Effect.zipRight(Effect.onError(body, () => rollback)), mutex.withPermits(1)),
      ping: Effect.void,

      insertSession: (session) => Effect.sync(() => sessions.set(session.sessionRef, session)),
      updateSession: (session) => Effect.sync(() => sessions.set(session.sessionRef, session)),
      findSession: (sessionRef) => Effect.sync(() => sessions.get(sessionRef)),
      findOpenSession: (slot) =>
        Effect.sync(() => sessions.all().find((session) => session.open && inSlot(slot)(session)) ?? null),
      listSessions: (user, before, limit) =>
        Effect.sync(() =>
          sessions
            .all()
            .filter(ofUser(user))
            .filter((session) => before === null || newestFirst(session, { ...session, ...before }) > 0)
            .sort(newestFirst)
            .slice(0, limit)
        ),

      insertStart: (start) => Effect.sync(() => starts.set(start.sessionRef, start)),
      findStart: (sessionRef) => Effect.sync(() => starts.get(sessionRef)),
      findReservedStart: (slot) =>
        Effect.sync(
          () => starts.all().find((start) => start.state === "reserved" && inSlot(slot)(start)) ?? null
        ),
      endStart: (sessionRef, end) =>
        Effect.sync(() => {
          const start = starts.get(sessionRef)
          if (start?.state !== "reserved") return false
          starts.set(sessionRef, { ...start, ...end })
          return true
        }),
      startsSince: (user, since) =>
        Effect.sync(() =>
          starts
            .all()
            .filter((start) => ofUser(user)(start) && start.createdAt > since)
            .sort((a, b) => a.createdAt - b.createdAt)
        ),

      findIdempotency: (user, keyHash) => Effect.sync(() => idempotency.get(idempotencyKey(user, keyHash))),
      putIdempotency: (record) =>
        Effect.sync(() => idempotency.set(idempotencyKey(record, record.keyHash), record)),
      deleteIdempotency: (sessionRef) =>
        Effect.sync(() => {
          for (const record of idempotencyOf(sessionRef))
            idempotency.delete(idempotencyKey(record, record.keyHash))
        }),
      completeIdempotency: (sessionRef, status) =>
        Effect.sync(() => {
          for (const record of idempotencyOf(sessionRef)) {
            idempotency.set(idempotencyKey(record, record.keyHash), { ...record, status })
          }
        }),

      claimIdentifier: (row) =>
        Effect.sync(() => {
          const key = keyOf(row.environment, row.hash)
          const known = identifiers.get(key)
          const claimed =
            known === null
              ? { ...row, shared: false }
              : { ...known, shared: known.shared || known.sessionRef !== row.sessionRef }
          identifiers.set(key, claimed)
          return claimed
        }),
      findIdentifiers: (environment, hashes) =>
        Effect.sync(() =>
          hashes.map((hash) => identifiers.get(keyOf(environment, hash))).filter((found) => found !== null)
        ),

      insertEvent: (event) =>
        Effect.sync(() => {
          const key = keyOf(event.environment, event.dedupeKey)
          const known = events.get(eventIds.get(key) ?? "")
          if (known !== null) {
            const counted = { ...known, copies: known.copies + 1 }
            events.set(known.id, counted)
            return { _tag: "Duplicate", event: counted } as const
          }
          eventIds.set(key, event.id)
          events.set(event.id, event)
          return { _tag: "New", event } as const
        }),
      updateEvent: (event) => Effect.sync(() => events.set(event.id, event)),
      findEvent: (id) => Effect.sync(() => events.get(id)),
      countingEvents: (sessionRef) =>
        Effect.sync(() =>
          events
            .all()
            .filter((event) => event.sessionRef === sessionRef && /^(applied|superseded)$/.test(event.state))
        ),

      insertCandidates: (event, hashes) => Effect.sync(() => candidates.set(event.id, { event, hashes })),
      deleteCandidates: (eventId) => Effect.sync(() => candidates.delete(eventId)),
      candidatesOf: (eventId) => Effect.sync(() => candidates.get(eventId)?.hashes ?? []),
      waitingEvents: (environment, hashes) =>
        Effect.sync(() =>
          candidates
            .all()
            .filter(
              (row) =>
                row.event.environment === environment && row.hashes.some((hash) => hashes.includes(hash))
            )
            .map((row) => events.get(row.event.id))
            .filter((event) => event?.state === "unmatched" && event !== null)
            .filter((event) => event !== null)
        ),

      insertVerdict: (row) => Effect.sync(() => verdicts.set(keyOf(row.sessionRef, row.sequence), row))
    })
  })
)
