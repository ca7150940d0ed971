import { Command, Options } from "@effect/cli"
import type { Schema } from "effect"
import { type Action, ActionState } from "../http/OperatorBodies.js"
import { byState } from "./Ink.js"
import { listOptions, printPages } from "./ListOutput.js"
import { given } from "./Pages.js"
import { redrive } from "./redrive.js"
import type { Column } from "./Table.js"

const columns: ReadonlyArray<Column<Schema.Schema.Type<typeof Action>>> = [
  { name: "CREATED", of: (action) => action.created_at },
  { name: "ACTION", of: (action) => action.id },
  { name: "TYPE", of: (action) => action.type },
  { name: "STATE", of: (action) => action.state, ink: byState },
  { name: "ATTEMPTS", of: (action) => action.attempts },
  { name: "NEXT", of: (action) => action.next_attempt_at },
  { name: "SESSION", of: (action) => action.session_ref }
]

const list = Command.make(
  "list",
  {
    state: Options.choice("state", ActionState.literals).pipe(Options.optional),
    ...listOptions
  },
  (chosen) =>
    printPages(chosen, columns, (client, page) =>
      client.actions({
        urlParams: {
          ...page,
          state: given(chosen.state),
          from: given(chosen.from),
          to: given(chosen.to)
        }
      })
    )
).pipe(Command.withDescription("Lists actions, newest first."))

export const actions = Command.make("actions").pipe(
  Command.withDescription("Lists the actions of a running service, and makes dead ones due again."),
  Command.withSubcommands([list, redrive])
)
