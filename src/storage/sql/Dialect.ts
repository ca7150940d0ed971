import type { SqlClient, Statement } from "@effect/sql"

/**
 * Where PostgreSQL and SQLite differ. SQLite writes one transaction at a time: nothing there has to be locked.
 * Lists are one parameter, so that a statement's text, and with it its plan, is the same for a list of any length.
 */
const onDialect = <A>(
  sql: SqlClient.SqlClient,
  dialects: { readonly pg: () => A; readonly sqlite: () => A }
) => sql.onDialectOrElse({ pg: dialects.pg, orElse: dialects.sqlite })

/** Holds the rows of a `SELECT` until the transaction ends. */
export const forUpdate = (sql: SqlClient.SqlClient): Statement.Fragment =>
  onDialect(sql, { pg: () => sql.literal("FOR UPDATE"), sqlite: () => sql.literal("") })

/** The same, of one table of the `SELECT` if need be; passes over rows that another transaction holds. */
export const skipLocked = (sql: SqlClient.SqlClient, table?: string): Statement.Fragment =>
  onDialect(sql, {
    pg: () => sql.literal(`FOR UPDATE ${table === undefined ? "" : `OF ${table} `}SKIP LOCKED`),
    sqlite: () => sql.literal("")
  })

/** Where a row lies; it stays there while the transaction holds it. */
export const place = (sql: SqlClient.SqlClient): Statement.Fragment =>
  sql.literal(onDialect(sql, { pg: () => "ctid", sqlite: () => "rowid" }))

/**
 * Among the few that a `SELECT` finds. PostgreSQL expects a tenth of a table of any `LIMIT` it does not know, and
 * would rather read the whole table than look up so many; of an array it expects ten.
 */
export const isFoundBy = (
  sql: SqlClient.SqlClient,
  column: Statement.Fragment,
  select: Statement.Fragment
): Statement.Fragment =>
  onDialect(sql, {
    pg: () => sql`${column} = ANY(ARRAY(${select}))`,
    sqlite: () => sql`${column} IN (${select})`
  })

/** A list as one parameter: the driver for PostgreSQL writes an array, SQLite reads JSON. */
const parameter = (sql: SqlClient.SqlClient, values: ReadonlyArray<string>) =>
  onDialect(sql, {
    pg: () => sql`${values as unknown as string}::text[]`,
    sqlite: () => sql`${JSON.stringify(values)}`
  })

/** A table whose column `value` holds the list. */
export const listOf = (sql: SqlClient.SqlClient, values: ReadonlyArray<string>): Statement.Fragment =>
  onDialect(sql, {
    pg: () => sql`unnest(${parameter(sql, values)}) AS list(value)`,
    sqlite: () => sql`json_each(${parameter(sql, values)})`
  })

export const isOneOf = (
  sql: SqlClient.SqlClient,
  column: string,
  values: ReadonlyArray<string>
): Statement.Fragment =>
  onDialect(sql, {
    pg: () => sql`${sql(column)} = ANY(${parameter(sql, values)})`,
    sqlite: () => sql`${sql(column)} IN (SELECT value FROM ${listOf(sql, values)})`
  })
