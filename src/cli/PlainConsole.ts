import { stripVTControlCharacters } from "node:util"
import { Console, Effect, Layer } from "effect"

const plain = (values: ReadonlyArray<unknown>) =>
  values.map((value) => (typeof value === "string" ? stripVTControlCharacters(value) : value))

/** Where nobody looks at a terminal, help and errors come without its colours. */
export const plainConsole: Layer.Layer<never> = Layer.unwrapEffect(
  Console.consoleWith((console) =>
    Effect.sync(() => {
      const { isTTY: out } = process.stdout
      const { isTTY: err } = process.stderr
      return Console.setConsole({
        ...console,
        log: (...values) => console.log(...(out ? values : plain(values))),
        error: (...values) => console.error(...(err ? values : plain(values)))
      })
    })
  )
)
