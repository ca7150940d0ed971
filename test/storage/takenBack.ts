import { SqlClient, type SqlError } from "@effect/sql"
import { Data, Effect } from "effect"
import type { StorageUnavailable } from "../../src/domain/StorageUnavailable.js"

type Failure = SqlError.SqlError | StorageUnavailable

class TakenBack extends Data.TaggedError("TakenBack")<{ readonly value: unknown }> {}

/** Runs it in a transaction that is rolled back. */
export const takenBack = <A, E extends Failure>(effect: Effect.Effect<A, E, SqlClient.SqlClient>) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    effect.pipe(
      Effect.flatMap((value) => new TakenBack({ value })),
      sql.withTransaction,
      Effect.catchIf(
        (error): error is TakenBack => error instanceof TakenBack,
        ({ value }) => Effect.succeed(value as A)
      )
    )
  )
