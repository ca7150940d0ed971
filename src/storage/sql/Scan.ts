import { Effect } from "effect"
import { allOf, type Cursor, type Slice } from "../../domain/Cursor.js"
import type { StorageUnavailable } from "../../domain/StorageUnavailable.js"
import type { Sql, Statement } from "./Sql.js"
import { all, first } from "./Statement.js"

/** A page looks at so many rows at most: an operator's question must not hold up the phones. */
const looksAt = 2000

type Conditions = ReadonlyArray<Statement | null>

const given = (conditions: Conditions) => conditions.filter((condition) => condition !== null)

/** All of these conditions; those that are null were not asked for. */
const allOfThem = (sql: Sql, conditions: Conditions): Statement =>
  given(conditions).reduce((before, condition) => sql`${before} AND ${condition}`)

export interface Scan<Row, A> {
  readonly operation: string
  readonly table: string
  /** What an index finds; the first is always given. */
  readonly within: readonly [Statement, ...Conditions]
  /** What the rows have to be looked at for. */
  readonly passes: Conditions
  readonly order: string
  /** That a row stands before this place, or at it. */
  readonly downTo: (place: Cursor) => Statement
  readonly limit: number
  readonly read: (row: Row) => A
  readonly placeOf: (item: A) => Cursor
}

/** A page of what passes, out of the first rows that an index finds. */
export const scan = <Row, A>(
  sql: Sql,
  { downTo, limit, operation, order, passes, placeOf, read, table, within }: Scan<Row, A>
): Effect.Effect<Slice<A>, StorageUnavailable> => {
  const [rows, inOrder] = [sql.literal(table), sql.literal(order)]
  const select = (...conditions: readonly [Statement, ...Conditions]) =>
    sql<Row>`SELECT * FROM ${rows} WHERE ${allOfThem(sql, conditions)} ORDER BY ${inOrder}`
  if (given(passes).length === 0) {
    return sql<Row>`${select(...within)} LIMIT ${limit}`.pipe(all(operation, read), Effect.map(allOf))
  }
  return Effect.gen(function* () {
    const last = yield* sql<Row>`${select(...within)} LIMIT 1 OFFSET ${looksAt - 1}`.pipe(
      first(operation, read)
    )
    const end = last === null ? null : placeOf(last)
    const items = yield* sql<Row>`${select(
      ...within,
      end === null ? null : downTo(end),
      ...passes
    )} LIMIT ${limit}`.pipe(all(operation, read))
    return { items, resume: items.length === limit ? null : end }
  })
}
