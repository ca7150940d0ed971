import { Effect } from "effect"
import type { Cursor, Slice } from "../../domain/Cursor.js"
import type { StorageUnavailable } from "../../domain/StorageUnavailable.js"
import { isFoundBy } from "./Dialect.js"
import type { Sql, Statement } from "./Sql.js"
import { all, first } from "./Statement.js"

/** A page looks at so many rows at most: an operator's question must not hold up the phones. */
const looksAt = 2000

type Conditions = ReadonlyArray<Statement | null>

const given = (conditions: Conditions) => conditions.filter((condition) => condition !== null)

/** All of these conditions; those that are null were not asked for. */
export const allOfThem = (sql: Sql, conditions: Conditions): Statement =>
  given(conditions).reduce((before, condition) => sql`${before} AND ${condition}`)

export interface Scan<Row, A> {
  readonly operation: string
  readonly table: string
  readonly key: string
  /** What an index finds; the first is always given. */
  readonly within: readonly [Statement, ...Conditions]
  /** What the rows have to be looked at for. */
  readonly passes: Conditions
  readonly order: string
  readonly limit: number
  readonly read: (row: Row) => A
  readonly placeOf: (item: A) => Cursor
}

/** A page of what passes, out of the first rows that an index finds. */
export const scan = <Row, A>(
  sql: Sql,
  { key, limit, operation, order, passes, placeOf, read, table, within }: Scan<Row, A>
): Effect.Effect<Slice<A>, StorageUnavailable> => {
  const [rows, inOrder, id] = [sql.literal(table), sql.literal(order), sql.literal(key)]
  const indexed = allOfThem(sql, within)
  const found = sql<Row>`SELECT * FROM ${rows} WHERE ${indexed} ORDER BY ${inOrder}`
  const conditions = given(passes)
  if (conditions.length === 0) {
    return sql<Row>`${found} LIMIT ${limit}`.pipe(
      all(operation, read),
      Effect.map((items) => ({ items, resume: null }))
    )
  }
  const looked = sql`SELECT * FROM ${rows} WHERE ${indexed} ORDER BY ${inOrder} LIMIT ${looksAt}`
  const passing = sql`SELECT ${id} FROM (${looked}) AS looked WHERE ${allOfThem(sql, conditions)}
    ORDER BY ${inOrder} LIMIT ${limit}`
  return Effect.gen(function* () {
    const items = yield* sql<Row>`SELECT * FROM ${rows} WHERE ${isFoundBy(sql, id, passing)}
      ORDER BY ${inOrder}`.pipe(all(operation, read))
    if (items.length === limit) return { items, resume: null }
    const last = yield* sql<Row>`${found} LIMIT 1 OFFSET ${looksAt - 1}`.pipe(first(operation, read))
    return { items, resume: last === null ? null : placeOf(last) }
  })
}
