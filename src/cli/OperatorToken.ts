import { Options } from "@effect/cli"
import { Effect, Option, Redacted } from "effect"
import { isBearerToken } from "../settings/Parsers.js"
import { SettingsError } from "../settings/SettingsError.js"
import { readVariables } from "../settings/Variables.js"
import { read } from "./ReadOption.js"

const expected = "a token of at least 32 letters, digits and -._~+/"

export const token = Options.redacted("token").pipe(
  Options.withPseudoName("TOKEN"),
  Options.withDescription(
    "An operator's token; ADMIN_TOKEN if not given, else the first of ADMIN_TOKENS or ADMIN_READ_TOKENS"
  ),
  read("--token", expected, (given) => (isBearerToken(Redacted.value(given)) ? given : null)),
  Options.optional
)

const variables = ["ADMIN_TOKEN", "ADMIN_TOKENS", "ADMIN_READ_TOKENS"] as const

/** The token of whoever works at the command line. */
export const operatorToken = (
  given: Option.Option<Redacted.Redacted>
): Effect.Effect<Option.Option<Redacted.Redacted>, SettingsError> =>
  Option.isSome(given)
    ? Effect.succeed(given)
    : Effect.gen(function* () {
        const { problems, secrets } = yield* readVariables(variables)
        const [first] = variables.flatMap((name) => secrets(name, expected, isBearerToken))
        return problems.length === 0 ? Option.fromNullable(first) : yield* new SettingsError({ problems })
      })
