import type { SqlError } from "@effect/sql"
import { Effect, Exit } from "effect"
import { StorageUnavailable } from "../../domain/StorageUnavailable.js"
import { Statement } from "./Sql.js"

type Rows<Row> = Effect.Effect<ReadonlyArray<Row>, SqlError.SqlError>

export const isEnded = <A, E>(effect: Effect.Effect<A, E>): effect is Exit.Exit<A, E> => Exit.isExit(effect)

/** SQLite has the rows at once: they are read in the same step of the runtime. */
const reading = <Row, A>(
  statement: Rows<Row>,
  operation: string,
  read: (rows: ReadonlyArray<Row>) => A
): Effect.Effect<A, StorageUnavailable> =>
  Effect.withFiberRuntime((fiber) => {
    const rows = statement instanceof Statement ? statement.run(fiber.currentContext) : statement
    const both = {
      onSuccess: read,
      onFailure: (cause: SqlError.SqlError) => new StorageUnavailable({ operation, cause })
    }
    return isEnded(rows) ? Exit.mapBoth(rows, both) : Effect.mapBoth(rows, both)
  })

/** Runs a statement for its effect. */
export const run =
  (operation: string) =>
  (statement: Rows<unknown>): Effect.Effect<void, StorageUnavailable> =>
    reading(statement, operation, () => undefined)

/** All rows, read by `from`. */
export const all =
  <Row, A>(operation: string, from: (row: Row) => A) =>
  (statement: Rows<Row>): Effect.Effect<ReadonlyArray<A>, StorageUnavailable> =>
    reading(statement, operation, (rows) => rows.map(from))

/** The first row, read by `from`; null when there is none. */
export const first =
  <Row, A>(operation: string, from: (row: Row) => A) =>
  (statement: Rows<Row>): Effect.Effect<A | null, StorageUnavailable> =>
    reading(statement, operation, ([row]) => (row === undefined ? null : from(row)))

/** How many rows a statement with `RETURNING` touched. */
export const touched =
  (operation: string) =>
  (statement: Rows<unknown>): Effect.Effect<number, StorageUnavailable> =>
    reading(statement, operation, (rows) => rows.length)

/** The one number of `SELECT … AS n`; drivers may give big ones as text. */
export const counted =
  (operation: string) =>
  (statement: Rows<{ readonly n: number | string }>): Effect.Effect<number, StorageUnavailable> =>
    reading(statement, operation, ([row]) => Number(row?.n ?? 0))

export const numberOrNull = (value: number | string | null): number | null =>
  value === null ? null : Number(value)
