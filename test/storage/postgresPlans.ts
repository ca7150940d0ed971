import { SqlClient, type SqlError } from "@effect/sql"
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import type { Overheard } from "./overheard.js"
import { takenBack } from "./takenBack.js"

/** A step of a plan of PostgreSQL, as `EXPLAIN (FORMAT JSON)` tells it. */
export interface PlanNode {
  readonly "Node Type": string
  readonly "Relation Name"?: string
  readonly "Index Name"?: string
  readonly "Index Cond"?: string
  readonly Plans?: ReadonlyArray<PlanNode>
}

interface Explained {
  readonly "QUERY PLAN": readonly [{ readonly Plan: PlanNode; readonly "Execution Time"?: number }]
}

const nodesOf = (node: PlanNode): ReadonlyArray<PlanNode> => [node, ...(node.Plans ?? []).flatMap(nodesOf)]

const explain = Effect.fnUntraced(function* (
  options: string,
  text: string,
  parameters: ReadonlyArray<unknown> = []
) {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql.unsafe<Explained>(`EXPLAIN (${options}, FORMAT JSON) ${text}`, parameters)
  assert.isDefined(row)
  return row["QUERY PLAN"][0]
})

export type PlanOf = (
  one: Overheard
) => Effect.Effect<ReadonlyArray<PlanNode>, SqlError.SqlError, SqlClient.SqlClient>

/** The plan for these parameters. */
export const planAsSent: PlanOf = ({ parameters, text }: Overheard) =>
  Effect.map(explain("COSTS", text, parameters), ({ Plan }) => nodesOf(Plan))

/** The plan for whatever parameters, which a prepared statement may get from its sixth use on. */
export const planForAnything: PlanOf = Effect.fnUntraced(function* ({ parameters, text }: Overheard) {
  const sql = yield* SqlClient.SqlClient
  const values = parameters.length === 0 ? "" : `(${parameters.map(() => "NULL").join()})`
  yield* sql.unsafe("SET plan_cache_mode = force_generic_plan")
  yield* sql.unsafe(`PREPARE overheard AS ${text}`)
  const { Plan } = yield* explain("COSTS", `EXECUTE overheard${values}`)
  yield* sql.unsafe("DEALLOCATE overheard")
  yield* sql.unsafe("RESET plan_cache_mode")
  return nodesOf(Plan)
})

/** How long the server took, in milliseconds; what the statement did is taken back. */
export const millisOf = Effect.fnUntraced(function* ({ parameters, text }: Overheard) {
  const { "Execution Time": millis } = yield* takenBack(explain("ANALYZE", text, parameters))
  assert.isDefined(millis)
  return millis
})
