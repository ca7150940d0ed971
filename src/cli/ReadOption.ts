import { HelpDoc, Options, ValidationError } from "@effect/cli"
import { Effect } from "effect"

/** What of an option's text is read; what cannot be is wrong usage, and is not repeated. */
export const read = <A, B>(option: string, expected: string, parse: (given: A) => B | null) =>
  Options.mapEffect((given: A) => {
    const value = parse(given)
    return value === null
      ? Effect.fail(ValidationError.invalidValue(HelpDoc.p(`${option}: expected ${expected}`)))
      : Effect.succeed(value)
  })
