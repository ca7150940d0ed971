import { Effect, type Scope } from "effect"

const clear = "\r\u001b[2K"
const width = 24

const write = (text: string) =>
  Effect.sync(() => {
    process.stderr.write(text)
  })

const bar = (done: number, total: number) => {
  const filled = total === 0 ? width : Math.round((width * done) / total)
  return `[${"#".repeat(filled)}${".".repeat(width - filled)}] ${done}/${total}`
}

type Show = (done: number) => Effect.Effect<void>

/** Says on a terminal how far it is, until the scope closes; elsewhere nothing. Without a total it counts. */
export const progress = (what: string, total?: number): Effect.Effect<Show, never, Scope.Scope> => {
  if (process.stderr.isTTY !== true) return Effect.succeed(() => Effect.void)
  const show: Show = (done) => write(`${clear}${total === undefined ? done : bar(done, total)} ${what}`)
  return Effect.as(
    Effect.addFinalizer(() => write(clear)),
    show
  )
}
