import { Command, Options } from "@effect/cli"
import { Clock, Console, Duration, Effect, Option } from "effect"
import { Environment } from "../domain/Environment.js"
import { iso } from "../domain/Iso.js"
import { isFit } from "../domain/Text.js"
import { signUserToken } from "../http/UserToken.js"
import { dotEnv } from "../settings/DotEnv.js"
import { oneOf } from "../settings/Parsers.js"
import { SettingsError } from "../settings/SettingsError.js"
import { readVariables } from "../settings/Variables.js"
import { CommandFailed } from "./Failed.js"
import { jsonOnly, printJson } from "./Output.js"
import { read } from "./ReadOption.js"

const longest = Duration.days(366)

const lifetime = (text: string): Duration.Duration | null => {
  const form = /^\d+(?:\.\d+)? (?:second|minute|hour|day|week)s?$/.test(text)
  const duration = form ? Option.getOrNull(Duration.decodeUnknown(text)) : null
  return duration !== null &&
    Duration.greaterThanOrEqualTo(duration, "1 second") &&
    Duration.lessThanOrEqualTo(duration, longest)
    ? duration
    : null
}

const userId = (text: string) => (text !== "" && text.length <= 255 && isFit(text) ? text : null)

const options = {
  user: Options.text("user").pipe(
    Options.withPseudoName("ID"),
    Options.withDescription("The user's id"),
    read("--user", "an id of 1 to 255 characters, without control characters", userId)
  ),
  expiresIn: Options.text("expires-in").pipe(
    Options.withPseudoName("DURATION"),
    Options.withDescription('How long it is good; "1 hour" if not given'),
    Options.withDefault("1 hour"),
    read("--expires-in", "a duration such as 30 minutes or 2 hours, at most 366 days", lifetime)
  ),
  json: jsonOnly
}

/** How the service at hand verifies users, as far as a secret goes. */
const signing = Effect.gen(function* () {
  const { problems, secret, text, withDefault } = yield* readVariables([
    "VERIFYHUMAN_ENVIRONMENT",
    "AUTH_JWT_SECRET",
    "AUTH_ISSUER",
    "AUTH_AUDIENCE",
    "AUTH_USER_CLAIM"
  ])
  const environment = withDefault(
    "VERIFYHUMAN_ENVIRONMENT",
    "sandbox, test or live",
    oneOf(...Environment.literals),
    "sandbox"
  )
  const key = secret(
    "AUTH_JWT_SECRET",
    "a secret of at least 32 bytes",
    (value) => Buffer.byteLength(value) >= 32
  )
  if (problems.length > 0) return yield* new SettingsError({ problems })
  if (environment === "live") {
    return yield* new CommandFailed({
      message: "VERIFYHUMAN_ENVIRONMENT is live: no test tokens are made for real users."
    })
  }
  if (key === null) {
    return yield* new CommandFailed({
      message:
        "AUTH_JWT_SECRET is not set: give the service and this command the same secret of at least 32 bytes. (The sandbox's /demo signs users in without one.)"
    })
  }
  return {
    jwtSecret: key,
    issuer: text("AUTH_ISSUER"),
    audience: text("AUTH_AUDIENCE"),
    userClaim: text("AUTH_USER_CLAIM") ?? "sub"
  }
})

export const token = Command.make("token", options, ({ expiresIn, json, user }) =>
  Effect.gen(function* () {
    const options = yield* signing
    const now = Math.floor((yield* Clock.currentTimeMillis) / 1000)
    const exp = now + Math.floor(Duration.toSeconds(expiresIn))
    const jwt = yield* signUserToken(options, user, now, exp)
    yield* json ? printJson({ token: jwt, user, expires_at: iso(exp * 1000) }) : Console.log(jwt)
  }).pipe(Effect.provide(dotEnv))
).pipe(
  Command.withDescription(
    "Makes a user's token for tests, signed with AUTH_JWT_SECRET. Not where VERIFYHUMAN_ENVIRONMENT is live."
  )
)
