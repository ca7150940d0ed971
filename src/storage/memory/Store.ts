import { Effect } from "effect"
import type { Cursor, Period } from "../../domain/Cursor.js"

/** Rows by key, with what a rolled-back transaction must undo. */
export interface MemoryTable<Row> {
  readonly get: (key: string) => Row | null
  readonly all: () => ReadonlyArray<Row>
  readonly set: (key: string, row: Row) => void
  readonly delete: (key: string) => void
}

export interface Store {
  readonly table: <Row>() => MemoryTable<Row>
  /** One at a time; what a failing body has written is undone. */
  readonly transaction: <A, E, R>(body: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

export const keyOf = (...parts: ReadonlyArray<string | number>): string => JSON.stringify(parts)

export const makeStore: Effect.Effect<Store> = Effect.gen(function* () {
  const mutex = yield* Effect.makeSemaphore(1)
  let undo: Array<() => void> = []

  const rollback = Effect.sync(() => {
    for (const step of undo.reverse()) step()
  })

  return {
    table: <Row>(): MemoryTable<Row> => {
      const rows = new Map<string, Row>()
      const restore = (key: string, before: Row | undefined) => () =>
        before === undefined ? rows.delete(key) : rows.set(key, before)
      return {
        get: (key) => rows.get(key) ?? null,
        all: () => [...rows.values()],
        set: (key, row) => {
          undo.push(restore(key, rows.get(key)))
          rows.set(key, row)
        },
        delete: (key) => {
          undo.push(restore(key, rows.get(key)))
          rows.delete(key)
        }
      }
    },
    transaction: (body) =>
      Effect.sync(() => {
        undo = []
      }).pipe(Effect.zipRight(Effect.onError(body, () => rollback)), mutex.withPermits(1))
  }
})

/** Deletes some rows; how many. */
export const purge = <Row>(
  table: MemoryTable<Row>,
  key: (row: Row) => string,
  isOver: (row: Row) => boolean,
  limit: number
): Effect.Effect<number> =>
  Effect.sync(() => {
    const over = table.all().filter(isOver).slice(0, limit)
    for (const row of over) table.delete(key(row))
    return over.length
  })

/** True when nothing was asked for, or this. */
export const is = <A>(wanted: A | undefined, given: A | null): boolean =>
  wanted === undefined || wanted === given

export const isWithin = ({ from, to }: Period, at: number): boolean =>
  (from === undefined || at >= from) && (to === undefined || at < to)

/** Newest first, a page of it. */
export const page = <Row>(
  rows: ReadonlyArray<Row>,
  placeOf: (row: Row) => Cursor,
  before: Cursor | null,
  limit: number
): ReadonlyArray<Row> => {
  const newestFirst = (a: Cursor, b: Cursor) => b.at - a.at || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0)
  return rows
    .filter((row) => before === null || newestFirst(placeOf(row), before) > 0)
    .sort((a, b) => newestFirst(placeOf(a), placeOf(b)))
    .slice(0, limit)
}
