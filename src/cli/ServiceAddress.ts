import { Options } from "@effect/cli"
import { Effect, Option } from "effect"
import { httpBase, wholeNumber } from "../settings/Parsers.js"
import { SettingsError } from "../settings/SettingsError.js"
import { readVariables } from "../settings/Variables.js"
import { read } from "./ReadOption.js"

/** Where the running service is. */
export const url = Options.text("url").pipe(
  Options.withPseudoName("URL"),
  Options.withDescription("The running service; PUBLIC_URL if not given, else http://localhost:PORT"),
  read("--url", "an http:// or https:// address without a query", httpBase),
  Options.optional
)

const fromSettings = Effect.gen(function* () {
  const variables = yield* readVariables(["PORT", "PUBLIC_URL"])
  const port = variables.withDefault("PORT", "a port number, 1 to 65535", wholeNumber(1, 65_535), 3000)
  const address = variables.withDefault(
    "PUBLIC_URL",
    "an http:// or https:// address, without user info, query and fragment",
    httpBase,
    `http://localhost:${port}`
  )
  const { problems } = variables
  return problems.length === 0 ? address : yield* new SettingsError({ problems })
})

export const serviceAddress = (given: Option.Option<string>): Effect.Effect<string, SettingsError> =>
  Option.match(given, { onNone: () => fromSettings, onSome: Effect.succeed })
