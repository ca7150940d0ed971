import { Effect } from "effect"
import type { Action, ActionAttempt } from "../../domain/Action.js"
import type { ActionsTable } from "../Tables.js"
import { isFoundBy, isOneOf, place, skipLocked } from "./Dialect.js"
import { scan } from "./Scan.js"
import type { Columns, Sql } from "./Sql.js"
import { all, counted, first, numberOrNull, run, touched } from "./Statement.js"

interface Row {
  readonly id: string
  readonly session_ref: string
  readonly environment: Action["environment"]
  readonly sequence: number
  readonly type: Action["type"]
  readonly payload: string
  readonly state: Action["state"]
  readonly attempts: number
  readonly tries: number
  readonly created_at: number
  readonly next_attempt_at: number
  readonly finished_at: number | null
}

const columns: Columns<Action, Row> = {
  id: (action) => action.id,
  session_ref: (action) => action.sessionRef,
  environment: (action) => action.environment,
  sequence: (action) => action.sequence,
  type: (action) => action.type,
  payload: (action) => action.payload,
  state: (action) => action.state,
  attempts: (action) => action.attempts,
  tries: (action) => action.tries,
  created_at: (action) => action.createdAt,
  next_attempt_at: (action) => action.nextAttemptAt,
  finished_at: (action) => action.finishedAt
}

const fromRow = (row: Row): Action => ({
  id: row.id,
  sessionRef: row.session_ref,
  environment: row.environment,
  sequence: Number(row.sequence),
  type: row.type,
  payload: row.payload,
  state: row.state,
  attempts: Number(row.attempts),
  tries: Number(row.tries),
  createdAt: Number(row.created_at),
  nextAttemptAt: Number(row.next_attempt_at),
  finishedAt: numberOrNull(row.finished_at)
})

interface AttemptRow {
  readonly action_id: string
  readonly attempt: number
  readonly at: number
  readonly result: ActionAttempt["result"]
  readonly status: number | null
  readonly answer: string
}

const attemptColumns: Columns<ActionAttempt, AttemptRow> = {
  action_id: ({ actionId }) => actionId,
  attempt: ({ attempt }) => attempt,
  at: ({ at }) => at,
  result: ({ result }) => result,
  status: ({ status }) => status,
  answer: ({ answer }) => answer
}

const attemptFromRow = (row: AttemptRow): ActionAttempt => ({
  actionId: row.action_id,
  attempt: Number(row.attempt),
  at: Number(row.at),
  result: row.result,
  status: numberOrNull(row.status),
  answer: row.answer
})

export const actionsSql = (sql: Sql): ActionsTable => ({
  insert: (action) => sql`INSERT INTO actions ${sql.insert(columns, action)}`.pipe(run("actions.insert")),
  find: (id) => sql<Row>`SELECT * FROM actions WHERE id = ${id}`.pipe(first("actions.find", fromRow)),
  /**
   * The first of a session is looked up by the session: by `b.state = 'pending'`, PostgreSQL would go through all that
   * are pending for each that is due, as long as it believes that hardly any are.
   */
  claim: (now, until, limit) =>
    sql<Row>`WITH due AS MATERIALIZED (
        SELECT a.id FROM actions a WHERE a.state = 'pending' AND a.next_attempt_at <= ${now} AND a.sequence = (
          SELECT min(b.sequence) FROM actions b WHERE b.session_ref = a.session_ref AND b.finished_at IS NULL
        ) ORDER BY a.next_attempt_at LIMIT ${limit} ${skipLocked(sql)}
      ) UPDATE actions SET attempts = attempts + 1, tries = tries + 1, next_attempt_at = ${until}
      WHERE ${isFoundBy(sql, sql`id`, sql`SELECT id FROM due`)} RETURNING *`.pipe(
      all("actions.claim", fromRow)
    ),
  settle: (action, end) =>
    sql`UPDATE actions SET state = ${end.state}, next_attempt_at = ${end.nextAttemptAt},
      finished_at = ${end.finishedAt} WHERE id = ${action.id} AND state = 'pending'
      AND attempts = ${action.attempts} RETURNING id`.pipe(
      touched("actions.settle"),
      Effect.map((rows) => rows > 0)
    ),
  redrive: (id, now) =>
    sql<Row>`UPDATE actions SET state = 'pending', tries = 0, next_attempt_at = ${now}, finished_at = NULL
      WHERE id = ${id} AND state = 'dead' RETURNING *`.pipe(first("actions.redrive", fromRow)),
  list: (environment, { from, state, to }, { before, limit }) =>
    scan<Row, Action>(sql, {
      operation: "actions.list",
      table: "actions",
      within: [
        sql`environment = ${environment}`,
        state === undefined ? null : sql`state = ${state}`,
        before === null ? null : sql`(created_at, id) < (${before.at}, ${before.id})`,
        from === undefined ? null : sql`created_at >= ${from}`,
        to === undefined ? null : sql`created_at < ${to}`
      ],
      passes: [],
      order: "created_at DESC, id DESC",
      downTo: (place) => sql`(created_at, id) >= (${place.at}, ${place.id})`,
      limit,
      read: fromRow,
      placeOf: ({ createdAt, id }) => ({ at: createdAt, id })
    }),
  count: (environment, state, most) =>
    sql<{ n: number }>`SELECT count(*) AS n FROM (SELECT 1 FROM actions WHERE environment = ${environment}
      AND state = ${state} LIMIT ${most}) AS looked`.pipe(counted("actions.count")),
  oldestPending: (environment) =>
    sql<{ created_at: number }>`SELECT created_at FROM actions WHERE environment = ${environment}
      AND state = 'pending' ORDER BY created_at LIMIT 1`.pipe(
      first("actions.oldestPending", ({ created_at }) => Number(created_at))
    ),
  ofSession: (sessionRef) =>
    sql<Row>`SELECT * FROM actions WHERE session_ref = ${sessionRef} ORDER BY sequence`.pipe(
      all("actions.ofSession", fromRow)
    ),
  /** The actions first: whoever records an attempt of one holds it, and is through when it can be deleted. */
  deleteOf: (sessionRef) =>
    sql<Pick<Row, "id">>`DELETE FROM actions WHERE session_ref = ${sessionRef} RETURNING id`.pipe(
      all("actions.deleteOf", ({ id }) => id),
      Effect.flatMap((ids) =>
        run("actions.deleteOf")(sql`DELETE FROM action_attempts WHERE ${isOneOf(sql, "action_id", ids)}`)
      )
    ),

  insertAttempt: (attempt) =>
    sql`INSERT INTO action_attempts ${sql.insert(attemptColumns, attempt)}`.pipe(
      run("actions.insertAttempt")
    ),
  attemptsOf: (sessionRef) =>
    sql<AttemptRow>`SELECT t.* FROM action_attempts t JOIN actions a ON a.id = t.action_id
      WHERE a.session_ref = ${sessionRef} ORDER BY t.at, t.attempt`.pipe(
      all("actions.attemptsOf", attemptFromRow)
    ),
  purgeAttempts: (before, limit) =>
    sql`DELETE FROM action_attempts WHERE ${isFoundBy(
      sql,
      place(sql),
      sql`SELECT t.${place(sql)} FROM action_attempts t JOIN actions a ON a.id = t.action_id
        WHERE t.at < ${before} AND a.state = 'delivered' ORDER BY t.at LIMIT ${limit} ${skipLocked(sql, "t")}`
    )} RETURNING action_id`.pipe(touched("actions.purgeAttempts"))
})
