import { stripVTControlCharacters } from "node:util"
import { Config, Console, Effect, Layer } from "effect"
import { mendedCompletions } from "./BashCompletions.js"
import { readableHelp } from "./HelpText.js"

type Change = (text: string) => string

const changed = (change: Change) => (values: ReadonlyArray<unknown>) =>
  values.map((value) => (typeof value === "string" ? change(value) : value))

const plain = changed(stripVTControlCharacters)
/** What the library wrote, as it can be used. */
const usable = changed((text) => mendedCompletions(readableHelp(text)))

const isColourless = Config.string("NO_COLOR").pipe(
  Effect.map((value) => value !== ""),
  Effect.orElseSucceed(() => false)
)

/** Where nobody looks at a terminal, or wants no colours, everything comes without them. */
export const plainConsole: Layer.Layer<never> = Layer.unwrapEffect(
  Effect.zipWith(Effect.console, isColourless, (console, colourless) => {
    const out = process.stdout.isTTY && !colourless
    const err = process.stderr.isTTY && !colourless
    return Console.setConsole({
      ...console,
      log: (...values) => console.log(...(out ? usable(values) : plain(usable(values)))),
      error: (...values) => console.error(...(err ? values : plain(values)))
    })
  })
)
