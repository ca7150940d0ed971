import type { Sql, Statement } from "./Sql.js"

/**
 * Where PostgreSQL and SQLite differ. SQLite writes one transaction at a time: nothing there has to be locked.
 * Lists are one parameter, so that a statement's text, and with it its plan, is the same for a list of any length. Short
 * ones are told to SQLite one by one, which spares it a table that is made of JSON.
 */
const onDialect = <A>(sql: Sql, dialects: { readonly pg: () => A; readonly sqlite: () => A }) =>
  dialects[sql.dialect]()

/** Holds the rows of a `SELECT` until the transaction ends. */
export const forUpdate = (sql: Sql): Statement =>
  onDialect(sql, { pg: () => sql.literal("FOR UPDATE"), sqlite: () => sql.literal("") })

/** The same, of one table of the `SELECT` if need be; passes over rows that another transaction holds. */
export const skipLocked = (sql: Sql, table?: string): Statement =>
  onDialect(sql, {
    pg: () => sql.literal(`FOR UPDATE ${table === undefined ? "" : `OF ${table} `}SKIP LOCKED`),
    sqlite: () => sql.literal("")
  })

/** Where a row lies; it stays there while the transaction holds it. */
export const place = (sql: Sql): Statement =>
  sql.literal(onDialect(sql, { pg: () => "ctid", sqlite: () => "rowid" }))

/**
 * Among the few that a `SELECT` finds. PostgreSQL expects a tenth of a table of any `LIMIT` it does not know, and
 * would rather read the whole table than look up so many; of an array it expects ten.
 */
export const isFoundBy = (sql: Sql, column: Statement, select: Statement): Statement =>
  onDialect(sql, {
    pg: () => sql`${column} = ANY(ARRAY(${select}))`,
    sqlite: () => sql`${column} IN (${select})`
  })

/**
 * A column that nearly every row has the same of. SQLite would still rather find the rows by an index of it, and put
 * them all in order then; PostgreSQL knows better.
 */
export const unindexed = (sql: Sql, column: string): Statement =>
  sql.literal(onDialect(sql, { pg: () => column, sqlite: () => `+${column}` }))

/** A list as one parameter: the driver for PostgreSQL writes an array, SQLite reads JSON. */
const parameter = (sql: Sql, values: ReadonlyArray<string>) =>
  onDialect(sql, {
    pg: () => sql`${values}::text[]`,
    sqlite: () => sql`${JSON.stringify(values)}`
  })

/** A table whose column `value` holds the list. */
export const listOf = (sql: Sql, values: ReadonlyArray<string>): Statement =>
  onDialect(sql, {
    pg: () => sql`unnest(${parameter(sql, values)}) AS list(value)`,
    sqlite: () => sql`json_each(${parameter(sql, values)})`
  })

const isShort = ({ length }: ReadonlyArray<string>) => length > 0 && length <= 8

export const isOneOf = (sql: Sql, column: string, values: ReadonlyArray<string>): Statement =>
  onDialect(sql, {
    pg: () => sql`${sql.literal(column)} = ANY(${parameter(sql, values)})`,
    sqlite: () =>
      isShort(values)
        ? sql`${sql.literal(column)} IN (${sql.list(values)})`
        : sql`${sql.literal(column)} IN (SELECT value FROM ${listOf(sql, values)})`
  })
