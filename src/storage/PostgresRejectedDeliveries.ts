import { SqlClient } from "@effect/sql"
import { Effect, Layer } from "effect"
import { diagnosing } from "../webhooks/Diagnosing.js"
import { RejectedDeliveries, type RejectedDelivery, rejectionsKept } from "../webhooks/RejectedDeliveries.js"
import { all, counted } from "./sql/Statement.js"

interface Row {
  readonly at: string
  readonly reason: RejectedDelivery["reason"]
  readonly bytes: number
  readonly diagnosis: string
}

const fromRow = (row: Row): RejectedDelivery => ({
  at: Number(row.at),
  reason: row.reason,
  bytes: row.bytes,
  diagnosis: JSON.parse(row.diagnosis) as RejectedDelivery["diagnosis"]
})

/**
 * Of all processes over one PostgreSQL, since there is the database. Those that are not diagnosed are counted with the
 * next one that is, so that a flood of forgeries makes no more than five writes a second.
 */
export const postgresRejectedDeliveries: Layer.Layer<RejectedDeliveries, never, SqlClient.SqlClient> =
  Layer.effect(
    RejectedDeliveries,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      let uncounted = 0

      /** The sequence counts; its last number is how many there were. */
      const insert = ({ at, bytes, diagnosis, reason }: RejectedDelivery, count: number) =>
        sql`WITH counted AS (
          SELECT nextval('rejected_deliveries_counted') AS number FROM generate_series(1, ${count})
        ), outlived AS (
          DELETE FROM rejected_deliveries WHERE number IN (
            SELECT number FROM rejected_deliveries ORDER BY number DESC OFFSET ${rejectionsKept - 1}
          )
        ) INSERT INTO rejected_deliveries (number, at, reason, bytes, diagnosis)
        SELECT max(number), ${at}, ${reason}, ${bytes}, ${JSON.stringify(diagnosis)} FROM counted`

      const keep = (rejected: RejectedDelivery | null) =>
        Effect.suspend(() => {
          uncounted += 1
          if (rejected === null) return Effect.void
          const count = uncounted
          uncounted = 0
          return Effect.catchAll(insert(rejected, count), () =>
            Effect.sync(() => {
              uncounted += count
            })
          )
        })

      return {
        record: diagnosing((rejected) => Effect.asVoid(keep(rejected))),
        count: sql<{ n: number }>`SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS n
          FROM rejected_deliveries_counted`.pipe(counted("rejectedDeliveries.count")),
        recent: sql<Row>`SELECT * FROM rejected_deliveries ORDER BY number DESC LIMIT ${rejectionsKept}`.pipe(
          all("rejectedDeliveries.recent", fromRow)
        )
      }
    })
  )
