import { Command, Options } from "@effect/cli"
import { Console, Effect } from "effect"
import { readDatabase } from "../settings/DatabaseSettings.js"
import { dotEnv } from "../settings/DotEnv.js"
import { migrateDatabase } from "../storage/Database.js"

const options = {
  json: Options.boolean("json").pipe(Options.withDescription("Prints what was done as JSON"))
}

/** Brings the database to this program's schema, as every start does; for whoever wants that done before. */
export const migrate = Command.make("migrate", options, ({ json }) =>
  Effect.gen(function* () {
    const applied = yield* Effect.flatMap(readDatabase, migrateDatabase)
    if (json) return yield* Console.log(JSON.stringify({ applied }))
    yield* Console.log(
      applied.length === 0 ? "The schema is up to date." : applied.map((step) => `applied ${step}`).join("\n")
    )
  }).pipe(Effect.provide(dotEnv))
).pipe(
  Command.withDescription(
    "Brings the database of DATABASE_URL to this program's schema. Every start does this too."
  )
)
