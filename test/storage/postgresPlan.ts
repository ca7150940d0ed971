import { SqlClient } from "@effect/sql"
import { Effect } from "effect"
import type { Overheard } from "./overheard.js"

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

/** The plan for these parameters. */
export const planAsSent = Effect.fnUntraced(function* ({ parameters, text }: Overheard) {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql.unsafe<Explained>(`EXPLAIN (FORMAT JSON) ${text}`, parameters)
  return row?.["QUERY PLAN"][0].Plan
})

/** The plan for whatever parameters, which a prepared statement may get from its sixth use on. */
export const planForAnything = ({ parameters, text }: Overheard) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* sql.unsafe("SET LOCAL plan_cache_mode = force_generic_plan")
    yield* sql.unsafe(`PREPARE overheard AS ${text}`)
    const values = parameters.length === 0 ? "" : `(${parameters.map(() => "NULL").join()})`
    const [row] = yield* sql.unsafe<Explained>(`EXPLAIN (FORMAT JSON) EXECUTE overheard${values}`)
    yield* sql.unsafe("DEALLOCATE overheard")
    return row?.["QUERY PLAN"][0].Plan
  }).pipe((plan) => Effect.flatMap(SqlClient.SqlClient, (sql) => sql.withTransaction(plan)))

export const nodesOf = (node: PlanNode): ReadonlyArray<PlanNode> => [
  node,
  ...(node.Plans ?? []).flatMap(nodesOf)
]
