import { Config, Effect, Option, Redacted } from "effect"
import type { SettingsProblem } from "./SettingsError.js"

/** Turns a variable's text into its value; null when the text is not of the expected form. */
export type Parse<A> = (text: string) => A | null

/** Reads variables and collects what is wrong with them, so that all problems can be told at once. */
export interface Variables {
  readonly problems: ReadonlyArray<SettingsProblem>
  readonly problem: (variable: string, expected: string) => void
  /** Nothing was found wrong with these so far. */
  readonly isGood: (...variables: ReadonlyArray<string>) => boolean
  readonly text: (variable: string) => string | null
  readonly optional: <A>(variable: string, expected: string, parse: Parse<A>) => A | null
  readonly withDefault: <A>(variable: string, expected: string, parse: Parse<A>, fallback: A) => A
  readonly secret: (
    variable: string,
    expected: string,
    isGood: (secret: string) => boolean
  ) => Redacted.Redacted | null
  readonly secrets: (
    variable: string,
    expected: string,
    isGood: (secret: string) => boolean
  ) => ReadonlyArray<Redacted.Redacted>
}

const read = (variable: string) =>
  Config.option(Config.string(variable)).pipe(Effect.map(Option.getOrElse(() => "")))

/** The parts of a comma-separated list, each once, without the white space around them. */
export const list = (text: string): ReadonlyArray<string> => {
  const parts = text.split(",").map((part) => part.trim())
  return [...new Set(parts)].filter((part) => part !== "")
}

/** Reads all named variables from the current `ConfigProvider`; an empty one counts as not set. */
export const readVariables = (names: ReadonlyArray<string>): Effect.Effect<Variables> =>
  Effect.gen(function* () {
    const values = new Map<string, string>()
    for (const name of names) values.set(name, (yield* Effect.orDie(read(name))).trim())
    const problems: Array<SettingsProblem> = []
    const problem = (variable: string, expected: string) => {
      problems.push({ variable, expected })
    }
    const text = (variable: string) => values.get(variable) || null

    const optional = <A>(variable: string, expected: string, parse: Parse<A>): A | null => {
      const value = text(variable)
      if (value === null) return null
      const parsed = parse(value)
      if (parsed === null) problem(variable, expected)
      return parsed
    }

    return {
      problems,
      problem,
      isGood: (...variables) => !problems.some(({ variable }) => variables.includes(variable)),
      text,
      optional,
      withDefault: (variable, expected, parse, fallback) => optional(variable, expected, parse) ?? fallback,
      secret: (variable, expected, isGood) =>
        optional(variable, expected, (value) => (isGood(value) ? Redacted.make(value) : null)),
      secrets: (variable, expected, isGood) => {
        const found = list(text(variable) ?? "")
        if (!found.every(isGood)) problem(variable, expected)
        return found.map((secret) => Redacted.make(secret))
      }
    }
  })
