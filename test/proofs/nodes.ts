import { Duration, Effect, Layer } from "effect"
import { postgresTables } from "../../src/storage/PostgresDatabase.js"
import { ask, postgresOptions } from "../postgres/database.js"
import { type Around, interceptedTables } from "../suites/interceptedTables.js"
import { testPorts } from "../suites/storage.js"

/** Nobody waits this long: what does not end by itself fails the proof. */
const patience = { statementTimeout: Duration.seconds(40), lockTimeout: Duration.seconds(30) }

/** A process with connections of its own to a database that others use as well. */
export const nodeOn = (url: string, around: Around = (_, statement) => statement, poolSize = 10) =>
  Layer.build(
    Layer.provideMerge(
      testPorts,
      interceptedTables(
        Layer.orDie(postgresTables(postgresOptions(url, { ...patience, poolSize }))),
        Effect.succeed(around)
      )
    )
  )

export type Node = Effect.Effect.Success<ReturnType<typeof nodeOn>>

/** So many transactions wait for another. */
export const waitingOn = (url: string) =>
  Effect.map(
    ask(
      url,
      "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    ),
    (rows) => rows.length
  )
