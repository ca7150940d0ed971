import { SqlClient } from "@effect/sql"
import { describe, layer as sharing } from "@effect/vitest"
import { Duration, Effect, Layer } from "effect"
import { postgresClient } from "../../src/storage/PostgresDatabase.js"
import { emptyDatabase, postgresOptions } from "../postgres/database.js"
import { overheard, unheard } from "./overheard.js"
import { writeFileSync } from "node:fs"
import { askedOf, fill } from "./traffic.js"

const N = Number(process.env["N"] ?? 20000), G = Number(process.env["G"] ?? 3)
const client = Layer.unwrapScoped(Effect.map(emptyDatabase, (url) => postgresClient(postgresOptions(url, { statementTimeout: Duration.minutes(20), poolSize: 1 }))))
describe("proto", () => {
  sharing(client)((it) => {
    it.effect("x", () => Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const t = performance.now()
      yield* fill({ sessions: N, growth: G })
      console.log("filled", performance.now() - t)
      console.log(yield* sql`SELECT relname, reltuples, relpages FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1`)
      console.log(yield* sql`SELECT state, count(*) FROM actions GROUP BY 1`, yield* sql`SELECT status, reason, open, count(*) FROM sessions GROUP BY 1,2,3`, yield* sql`SELECT state, count(*) FROM events GROUP BY 1`)
      const asked = yield* askedOf
      console.log(asked)
      const heard = yield* overheard(asked)
      console.log(unheard(heard, sql, asked))
      const out: Array<string> = []
      for (const one of heard) {
        const rows = yield* sql.unsafe<any>(`EXPLAIN ${one.text}`, one.parameters)
        out.push(`=== ${one.name}\n` + rows.map((r: any) => r["QUERY PLAN"]).join("\n"))
        const g = yield* sql.withTransaction(Effect.gen(function* () {
          yield* sql.unsafe("SET LOCAL plan_cache_mode = force_generic_plan")
          yield* sql.unsafe(`PREPARE overheard AS ${one.text}`)
          const values = one.parameters.length === 0 ? "" : `(${one.parameters.map(() => "NULL").join()})`
          const r = yield* sql.unsafe<any>(`EXPLAIN EXECUTE overheard${values}`)
          yield* sql.unsafe("DEALLOCATE overheard")
          return r
        }))
        out.push(`--- generic\n` + g.map((r: any) => r["QUERY PLAN"]).join("\n"))
      }
      writeFileSync(`/tmp/plans-${N}.txt`, out.join("\n"))
    }), 3_000_000)
  })
})
