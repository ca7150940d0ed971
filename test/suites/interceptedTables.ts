import { type Context, Effect, Layer } from "effect"
import type { StorageUnavailable } from "../../src/domain/StorageUnavailable.js"
import { Tables } from "../../src/storage/Tables.js"

type TablesValue = Context.Tag.Service<Tables>
type Statement = Effect.Effect<unknown, StorageUnavailable>
type Member = Statement | ((...args: ReadonlyArray<unknown>) => Statement)

/** What happens around each statement; `name` is like `sessions.find`. */
export type Around = <A, E, R>(
  name: string,
  statement: Effect.Effect<A, E, R>
) => Effect.Effect<A, E | StorageUnavailable, R>

const group = (name: string, members: object, around: Around): object =>
  Object.fromEntries(
    Object.entries(members as Record<string, Member>).map(([key, member]) => [
      key,
      typeof member === "function"
        ? (...args: ReadonlyArray<unknown>) => around(`${name}.${key}`, member(...args))
        : around(`${name}.${key}`, member)
    ])
  )

/** The same tables with something around each statement, and around the commit of each transaction. */
export const intercepted = (tables: TablesValue, around: Around): TablesValue => {
  const { lock, ping, together, transaction, ...groups } = tables
  const upToCommit = <A, E, R>(body: Effect.Effect<A, E, R>) =>
    Effect.flatMap(body, (result) => around("before commit", Effect.succeed(result)))
  return {
    lock: (locks) => around("lock", lock(locks)),
    ping: around("ping", ping),
    transaction: (operation, body) => around("after commit", transaction(operation, upToCommit(body))),
    together: (operation, locks, body) =>
      around("after commit", together(operation, locks, upToCommit(body))),
    ...(Object.fromEntries(
      Object.entries(groups).map(([name, members]) => [name, group(name, members, around)])
    ) as Omit<TablesValue, "lock" | "ping" | "together" | "transaction">)
  }
}

export const interceptedTables = <R>(
  tables: Layer.Layer<Tables>,
  around: Effect.Effect<Around, never, R>
): Layer.Layer<Tables, never, R> =>
  Layer.effect(Tables, Effect.zipWith(Tables, around, intercepted)).pipe(Layer.provide(tables))
