import { Args, Command, Options } from "@effect/cli"
import { Effect, Exit, Option } from "effect"
import { Problem } from "../http/Problem.js"
import { CommandFailed, WrongUsage } from "./Failed.js"
import { red } from "./Ink.js"
import { atService, inPath, type OperatorClient, operatorOptions } from "./OperatorClient.js"
import { json, print } from "./Output.js"
import { paged } from "./Pages.js"
import { progress } from "./Progress.js"

interface Summary {
  readonly redriven: Array<string>
  readonly failed: Array<{ readonly id: string; readonly code: string; readonly why: string }>
}

/** What is so of this action alone; anything else would be so of the next one too. */
const isOfOne = (error: unknown): error is Problem =>
  error instanceof Problem && (error.code === "action_not_found" || error.code === "action_not_dead")

const readable = ({ failed, redriven }: Summary): string =>
  [
    `${redriven.length} redriven, ${failed.length} failed`,
    ...failed.map(({ id, why }) => `  ${id}: ${red(why)}`)
  ].join("\n")

const allDead = (client: OperatorClient) =>
  Effect.map(
    paged({ all: true, limit: 0, cursor: Option.none() }, (page) =>
      client.actions({ urlParams: { ...page, state: "dead" } })
    ),
    ({ items }) => items.map(({ id }) => id)
  )

const redriveOne = (client: OperatorClient, id: string) =>
  client.redrive({ path: { id: inPath(id) } }).pipe(
    Effect.as(null),
    Effect.catchIf(isOfOne, ({ code, message }) => Effect.succeed({ id, code, why: message }))
  )

const doneOf = ({ failed, redriven }: Summary) => redriven.length + failed.length

/** One by one, into the summary, which tells how far it came when something ends it. */
const redriveEach = Effect.fnUntraced(function* (
  client: OperatorClient,
  ids: ReadonlyArray<string>,
  summary: Summary
) {
  const shown = yield* progress("redriven", ids.length)
  for (const id of ids) {
    const failure = yield* redriveOne(client, id)
    if (failure === null) summary.redriven.push(id)
    else summary.failed.push(failure)
    yield* shown(doneOf(summary))
  }
}, Effect.scoped)

const redriveAll = Effect.fnUntraced(function* (
  client: OperatorClient,
  ids: ReadonlyArray<string>,
  asJson: boolean
) {
  const summary: Summary = { redriven: [], failed: [] }
  const exit = yield* Effect.exit(redriveEach(client, ids, summary))
  if (Exit.isSuccess(exit) || doneOf(summary) > 0) {
    yield* print(asJson, summary, () => readable(summary))
  }
  yield* exit
  if (summary.failed.length > 0) {
    return yield* new CommandFailed({
      message: `${summary.failed.length} of ${ids.length} could not be redriven.`
    })
  }
})

export const redrive = Command.make(
  "redrive",
  {
    ids: Args.text({ name: "ACTION_ID" }).pipe(Args.repeated),
    allDead: Options.boolean("all-dead").pipe(Options.withDescription("Every action that was given up")),
    ...operatorOptions,
    json
  },
  (chosen) =>
    Effect.gen(function* () {
      if (chosen.allDead === chosen.ids.length > 0) {
        return yield* new WrongUsage({ message: "Name the actions by their ids, or take --all-dead." })
      }
      yield* atService(chosen, (client) =>
        Effect.flatMap(chosen.allDead ? allDead(client) : Effect.succeed([...new Set(chosen.ids)]), (ids) =>
          redriveAll(client, ids, chosen.json)
        )
      )
    })
).pipe(Command.withDescription("Makes dead actions due again: those named, or all of them."))
