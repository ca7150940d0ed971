import { Effect } from "effect"
import type { FoundIdentifier, IdentifierRow, IdentifiersTable } from "../Tables.js"
import { isOneOf } from "./Dialect.js"
import type { Columns, Sql } from "./Sql.js"
import { all, run } from "./Statement.js"

interface Row {
  readonly hash: string
  readonly session_ref: string
  readonly source: FoundIdentifier["source"]
  readonly shared: number
}

const columns: Columns<IdentifierRow> = {
  environment: ({ environment }) => environment,
  hash: ({ hash }) => hash,
  session_ref: ({ sessionRef }) => sessionRef,
  source: ({ source }) => source,
  shared: () => 0
}

const fromRow = (row: Row): FoundIdentifier => ({
  hash: row.hash,
  sessionRef: row.session_ref,
  source: row.source,
  shared: Number(row.shared) === 1
})

export const identifiersSql = (sql: Sql): IdentifiersTable => ({
  claim: (identifier) =>
    sql`INSERT INTO identifiers ${sql.insert(columns, identifier)} ON CONFLICT (environment, hash) DO UPDATE SET
      shared = CASE WHEN identifiers.session_ref = excluded.session_ref THEN identifiers.shared ELSE 1 END`.pipe(
      run("identifiers.claim")
    ),
  find: (environment, hashes) =>
    hashes.length === 0
      ? Effect.succeed([])
      : sql<Row>`SELECT hash, session_ref, source, shared FROM identifiers
          WHERE environment = ${environment} AND ${isOneOf(sql, "hash", hashes)}`.pipe(
          all("identifiers.find", fromRow)
        ),
  deleteOf: ({ environment, sessionRef }, others) =>
    sql`DELETE FROM identifiers WHERE session_ref = ${sessionRef} AND source IN ('provider', 'phone')`.pipe(
      run("identifiers.deleteOf"),
      Effect.zipRight(
        sql`DELETE FROM identifiers WHERE environment = ${environment} AND ${isOneOf(sql, "hash", others)}
          AND session_ref = ${sessionRef}`.pipe(run("identifiers.deleteOf"))
      )
    )
})
