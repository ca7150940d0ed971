import { Options } from "@effect/cli"
import { Console, Effect } from "effect"

export const json = Options.boolean("json").pipe(
  Options.withDescription("Prints JSON; so it does by itself where stdout is no terminal")
)

export const jsonOnly = Options.boolean("json").pipe(Options.withDescription("Prints JSON"))

/** JSON leaves some control characters as they are, and a terminal obeys them. */
export const written = (value: unknown, indent = 0) =>
  JSON.stringify(value, null, indent).replace(
    /[\u007f-\u009f]/g,
    (character) => `\\u00${character.charCodeAt(0).toString(16)}`
  )

export const printJson = (value: unknown) => Console.log(written(value, 2))

/** For people who look at a terminal the text, for everybody else the value. */
export const print = (asJson: boolean, value: unknown, text: () => string): Effect.Effect<void> =>
  Effect.suspend(() => (asJson || process.stdout.isTTY !== true ? printJson(value) : Console.log(text())))
