import type { SqlError } from "@effect/sql"
import { Effect } from "effect"
import { StorageUnavailable } from "../../domain/StorageUnavailable.js"

type Statement<Row> = Effect.Effect<ReadonlyArray<Row>, SqlError.SqlError>

const unavailable = (operation: string) => (cause: SqlError.SqlError) =>
  new StorageUnavailable({ operation, cause })

/** Runs a statement for its effect. */
export const run =
  (operation: string) =>
  (statement: Statement<unknown>): Effect.Effect<void, StorageUnavailable> =>
    Effect.asVoid(Effect.mapError(statement, unavailable(operation)))

/** All rows, read by `from`. */
export const all =
  <Row, A>(operation: string, from: (row: Row) => A) =>
  (statement: Statement<Row>): Effect.Effect<ReadonlyArray<A>, StorageUnavailable> =>
    Effect.mapBoth(statement, { onFailure: unavailable(operation), onSuccess: (rows) => rows.map(from) })

/** The first row, read by `from`; null when there is none. */
export const first =
  <Row, A>(operation: string, from: (row: Row) => A) =>
  (statement: Statement<Row>): Effect.Effect<A | null, StorageUnavailable> =>
    Effect.map(all(operation, from)(statement), ([row]) => row ?? null)

/** How many rows a statement with `RETURNING` touched. */
export const touched =
  (operation: string) =>
  (statement: Statement<unknown>): Effect.Effect<number, StorageUnavailable> =>
    Effect.map(all(operation, () => null)(statement), (rows) => rows.length)

/** The one number of `SELECT … AS n`; drivers may give big ones as text. */
export const counted =
  (operation: string) =>
  (statement: Statement<{ readonly n: number | string }>): Effect.Effect<number, StorageUnavailable> =>
    Effect.map(
      first(operation, (row: { readonly n: number | string }) => Number(row.n))(statement),
      (n) => n ?? 0
    )

export const numberOrNull = (value: number | string | null): number | null =>
  value === null ? null : Number(value)
