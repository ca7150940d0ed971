import { SqlClient } from "@effect/sql"
import { assert } from "@effect/vitest"
import { Array, Effect, Number } from "effect"
import { overheard } from "./overheard.js"
import { millisOf } from "./postgresPlans.js"
import type { StatementName } from "./statements.js"
import { askedOfLatest } from "./traffic.js"

/** What phones, webhooks and workers wait for. */
const hot: ReadonlyArray<StatementName> = [
  "sessions.find",
  "sessions.hold",
  "sessions.findOpen",
  "sessions.due",
  "starts.since",
  "identifiers.find",
  "events.counting",
  "events.waiting",
  "actions.claim",
  "polls.claim"
]

const median = (values: ReadonlyArray<number>) => {
  const middle = Array.sort(values, Number.Order)[Math.floor(values.length / 2)]
  assert.isDefined(middle)
  return middle
}

/** The median time of each hot statement on the server, in milliseconds, asked about many sessions. */
export const hotMillis = Effect.gen(function* () {
  const asked = yield* askedOfLatest(51)
  const heard = yield* Effect.forEach(asked, overheard)
  return yield* Effect.forEach(hot, (name) =>
    Effect.forEach(
      heard.flat().filter((one) => one.name === name),
      millisOf
    ).pipe(Effect.map((millis) => ({ statement: name, times: millis.length, median_ms: median(millis) })))
  )
})

interface Size {
  readonly table: string
  readonly rows: number
  readonly table_bytes: number
  readonly index_bytes: number
}

/** Bytes on disk for each session that there is. */
export const sizesPerSession = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const sizes = yield* sql<Size>`WITH sessions_there AS MATERIALIZED (SELECT count(*) AS n FROM sessions)
    SELECT relname AS table, round((reltuples / n)::numeric, 3)::float AS rows,
      round(pg_table_size(c.oid)::numeric / n)::int AS table_bytes,
      round(pg_indexes_size(c.oid)::numeric / n)::int AS index_bytes
    FROM pg_class c, sessions_there WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
    ORDER BY pg_total_relation_size(c.oid) DESC`
  const total = (of: (size: Size) => number) => Number.sumAll(sizes.map(of))
  return [
    ...sizes,
    {
      table: "all",
      rows: Number.round(
        total((size) => size.rows),
        3
      ),
      table_bytes: total((size) => size.table_bytes),
      index_bytes: total((size) => size.index_bytes)
    }
  ].map((size) => ({ ...size, total_bytes: size.table_bytes + size.index_bytes }))
})
