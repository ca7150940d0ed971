import type { Verdict } from "../../domain/Verdict.js"
import type { VerdictChange } from "../../domain/VerdictChange.js"
import type { PastVerdictsTable } from "../Tables.js"
import type { Columns, Sql } from "./Sql.js"
import { all, run } from "./Statement.js"

interface Row {
  readonly session_ref: string
  readonly sequence: number
  readonly status: Verdict["status"]
  readonly reason: Verdict["reason"]
  readonly event_id: string | null
  readonly at: number
}

const columns: Columns<VerdictChange, Row> = {
  session_ref: ({ sessionRef }) => sessionRef,
  sequence: ({ sequence }) => sequence,
  status: ({ verdict }) => verdict.status,
  reason: ({ verdict }) => verdict.reason,
  event_id: ({ eventId }) => eventId,
  at: ({ at }) => at
}

const fromRow = (row: Row): VerdictChange => ({
  sessionRef: row.session_ref,
  sequence: Number(row.sequence),
  verdict: { status: row.status, reason: row.reason } as Verdict,
  eventId: row.event_id,
  at: Number(row.at)
})

export const pastVerdictsSql = (sql: Sql): PastVerdictsTable => ({
  insert: (change) =>
    sql`INSERT INTO past_verdicts ${sql.insert(columns, change)}`.pipe(run("pastVerdicts.insert")),
  ofSession: (sessionRef) =>
    sql<Row>`SELECT * FROM past_verdicts WHERE session_ref = ${sessionRef} ORDER BY sequence`.pipe(
      all("pastVerdicts.ofSession", fromRow)
    ),
  deleteOf: (sessionRef) =>
    sql`DELETE FROM past_verdicts WHERE session_ref = ${sessionRef}`.pipe(run("pastVerdicts.deleteOf"))
})
