import { ConfigProvider, Duration, Effect, Either, LogLevel, Redacted } from "effect"
import { Settings } from "../../src/settings/Settings.js"

export type Variables = Readonly<Record<string, string>>

export const long = (letter: string) => letter.repeat(32)
export const signingSecret = `whsec_${Buffer.alloc(24, 7).toString("base64")}`

/** What is required where real users are verified. */
export const real = {
  VERIFYHUMAN_ENVIRONMENT: "test",
  VERIFYHUMAN_API_KEY: "vhk_test_key",
  VERIFYHUMAN_WEBHOOK_SECRETS: "whsec_one_of_the_dashboard",
  AUTH_JWT_SECRET: long("j")
} as const

export const from = (variables: Variables) => ConfigProvider.fromMap(new Map(Object.entries(variables)))

export const read = (variables: Variables) => Effect.withConfigProvider(Settings.read, from(variables))

/** The error; settings that were read instead are no error that a report could print. */
export const refused = <A, E, R>(reading: Effect.Effect<A, E, R>, of = "they"): Effect.Effect<E, never, R> =>
  Effect.flatMap(Effect.either(reading), (result) =>
    Either.isLeft(result) ? Effect.succeed(result.left) : Effect.dieMessage(`${of} were taken, not refused`)
  )

export const refusal = (variables: Variables) => refused(read(variables), JSON.stringify(variables))

/** The variables that are complained of, in order. */
export const blamed = (variables: Variables) =>
  Effect.map(refusal(variables), ({ problems }) => problems.map(({ variable }) => variable))

/** Settings as plain data: redacted values hide what they hold from comparisons too. */
// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever is there
export const plain = (value: unknown): any => {
  if (Redacted.isRedacted(value)) return Redacted.value(value)
  if (Duration.isDuration(value)) return Duration.format(value)
  if (value instanceof Map) return Object.fromEntries(value)
  if (Array.isArray(value)) return value.map(plain)
  const level = LogLevel.allLevels.find((level) => level === value)
  if (level !== undefined) return level.label
  return typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plain(part)]))
    : value
}

export const readPlain = (variables: Variables) => Effect.map(read(variables), plain)
