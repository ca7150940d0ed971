import { Effect } from "effect"
import type { AuditEntry } from "../../domain/Audit.js"
import type { AuditTable } from "../Tables.js"
import { isOneOf } from "./Dialect.js"
import type { Columns, Sql } from "./Sql.js"
import { all, run } from "./Statement.js"

interface Row {
  readonly id: string
  readonly at: number
  readonly actor: string
  readonly address: string
  readonly action: AuditEntry["action"]
  readonly target: string | null
  readonly details: string
}

const columns: Columns<AuditEntry, Row> = {
  id: ({ id }) => id,
  at: ({ at }) => at,
  actor: ({ actor }) => actor,
  address: ({ address }) => address,
  action: ({ action }) => action,
  target: ({ target }) => target,
  details: ({ details }) => JSON.stringify(details)
}

const fromRow = (row: Row): AuditEntry => ({
  ...row,
  at: Number(row.at),
  details: JSON.parse(row.details) as AuditEntry["details"]
})

export const auditSql = (sql: Sql): AuditTable => ({
  insert: (entry) => sql`INSERT INTO audit ${sql.insert(columns, entry)}`.pipe(run("audit.insert")),
  ofTargets: (targets) =>
    targets.length === 0
      ? Effect.succeed([])
      : sql<Row>`SELECT * FROM audit WHERE ${isOneOf(sql, "target", targets)} ORDER BY at, id`.pipe(
          all("audit.ofTargets", fromRow)
        ),
  list: (before, limit) =>
    sql<Row>`SELECT * FROM audit
      ${before === null ? sql`` : sql`WHERE (at, id) < (${before.at}, ${before.id})`}
      ORDER BY at DESC, id DESC LIMIT ${limit}`.pipe(all("audit.list", fromRow))
})
