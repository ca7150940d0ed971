import { Effect } from "effect"
import type { DatabaseSettings } from "../../settings/DatabaseSettings.js"
import { readDatabase } from "../../settings/DatabaseSettings.js"
import { schemaOf } from "../../storage/Schema.js"
import { type Finding, failed, ok, skipped, warning } from "./Finding.js"

const check = "database"

const stateOf = Effect.fnUntraced(function* (database: DatabaseSettings) {
  if (database._tag === "memory") {
    return warning(
      check,
      "is in memory",
      "everything is lost when the process ends: set DATABASE_URL to keep it"
    )
  }
  const { foreign, found, known } = yield* schemaOf(database)
  if (found === null) return ok(check, "does not exist yet: the first start makes it")
  if (found === 0) return ok(check, "can be reached and is empty: the first start makes its schema")
  if (foreign !== null) {
    return failed(
      check,
      `has the step ${foreign} in its schema, which this program does not know`,
      "it was made by a build that was never released: begin with an empty database"
    )
  }
  if (found === known) return ok(check, `can be reached, its schema ${found} is up to date`)
  return found < known
    ? warning(
        check,
        `has schema ${found}, this program knows ${known}`,
        "run verifyhuman-dropin migrate; the next start does it too"
      )
    : failed(
        check,
        `has schema ${found}, this program knows ${known}`,
        "it was used by a newer verifyhuman-dropin: run that one"
      )
})

/** Whether the database can be used, without changing anything in it. */
export const databaseFinding = readDatabase.pipe(
  Effect.flatMap(stateOf),
  Effect.catchTags({
    SettingsError: () => Effect.succeed(skipped(check, "the settings do not say which")),
    DatabaseUnusable: (error): Effect.Effect<Finding> =>
      Effect.succeed(failed(check, error.message, "look at DATABASE_URL and at the server"))
  })
)
