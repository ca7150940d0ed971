import { Args, Command, Options } from "@effect/cli"
import { Effect, type Schema } from "effect"
import { escaped } from "../domain/Text.js"
import { type Event, type EventDetails, EventState, type RejectedDelivery } from "../http/OperatorBodies.js"
import { WrongUsage } from "./Failed.js"
import { byState, faint } from "./Ink.js"
import { listOptions, printList, printPages } from "./ListOutput.js"
import { atService, inPath, operatorOptions } from "./OperatorClient.js"
import { json, print } from "./Output.js"
import { given } from "./Pages.js"
import type { Column } from "./Table.js"

type EventItem = Schema.Schema.Type<typeof Event>

const columns: ReadonlyArray<Column<EventItem>> = [
  { name: "RECEIVED", of: (event) => event.received_at },
  { name: "EVENT", of: (event) => event.id },
  { name: "STATE", of: (event) => event.state, ink: byState },
  { name: "WHY", of: (event) => event.why },
  { name: "STATUS", of: (event) => event.provider_status },
  { name: "PRODUCT", of: (event) => event.product },
  { name: "ENVIRONMENT", of: (event) => event.environment },
  { name: "SESSION", of: (event) => event.session_ref }
]

const rejectedColumns: ReadonlyArray<Column<Schema.Schema.Type<typeof RejectedDelivery>>> = [
  { name: "RECEIVED", of: ({ at }) => at },
  { name: "REASON", of: ({ reason }) => reason },
  { name: "BYTES", of: ({ bytes }) => bytes },
  { name: "DIAGNOSIS", of: ({ diagnosis }) => diagnosis.join("; ") }
]

const readable = (event: EventItem): string =>
  Object.entries(event)
    .flatMap(([name, value]) => {
      if (value === null) return []
      const text = escaped(String(value))
      return [`${faint(name.padEnd(18))}${name === "state" ? byState(text)(text) : text}`]
    })
    .join("\n")

const readableDetails = ({ carries, ...event }: Schema.Schema.Type<typeof EventDetails>): string => {
  const references = carries.map(
    ({ name, value }) => `  ${name}: ${value === null ? "(a token, not shown)" : escaped(value)}`
  )
  return [readable(event), "", "It refers to:", ...(references.length > 0 ? references : ["  nothing"])].join(
    "\n"
  )
}

const eventId = Args.text({ name: "EVENT_ID" })

const list = Command.make(
  "list",
  {
    state: Options.choice("state", EventState.literals).pipe(Options.optional),
    product: Options.text("product").pipe(Options.withPseudoName("PRODUCT"), Options.optional),
    environment: Options.text("environment").pipe(Options.withPseudoName("ENVIRONMENT"), Options.optional),
    ...listOptions
  },
  (chosen) =>
    printPages(chosen, columns, (client, page) =>
      client.events({
        urlParams: {
          ...page,
          state: given(chosen.state),
          product: given(chosen.product),
          environment: given(chosen.environment),
          from: given(chosen.from),
          to: given(chosen.to)
        }
      })
    )
).pipe(Command.withDescription("Lists events, newest first."))

const show = Command.make("show", { id: eventId, ...operatorOptions, json }, (chosen) =>
  atService(chosen, (client) =>
    Effect.flatMap(client.event({ path: { id: inPath(chosen.id) } }), (event) =>
      print(chosen.json, event, () => readableDetails(event))
    )
  )
).pipe(Command.withDescription("Shows one event, and the references that it carries."))

const link = Command.make(
  "link",
  {
    id: eventId,
    sessionRef: Args.text({ name: "SESSION_REF" }),
    yes: Options.boolean("yes").pipe(
      Options.withDescription("Yes, it is this session's: a link cannot be taken back")
    ),
    ...operatorOptions,
    json
  },
  (chosen) =>
    Effect.gen(function* () {
      if (!chosen.yes) {
        return yield* new WrongUsage({
          message:
            "A link cannot be taken back, and the verdict may be another person's. If you are sure, add --yes."
        })
      }
      yield* atService(chosen, (client) =>
        Effect.flatMap(
          client.link({ path: { id: inPath(chosen.id) }, payload: { session_ref: chosen.sessionRef } }),
          (event) => print(chosen.json, event, () => readable(event))
        )
      )
    })
).pipe(Command.withDescription("Gives an unmatched event to a session."))

const replay = Command.make("replay", { id: eventId, ...operatorOptions, json }, (chosen) =>
  atService(chosen, (client) =>
    Effect.flatMap(client.replay({ path: { id: inPath(chosen.id) } }), (event) =>
      print(chosen.json, event, () => readable(event))
    )
  )
).pipe(
  Command.withDescription("Takes an event in once more, as it is read today; also one that came too late.")
)

const rejected = Command.make("rejected", { ...operatorOptions, json }, (chosen) =>
  atService(chosen, (client) =>
    Effect.flatMap(client.rejected(), (page) => printList(chosen.json, rejectedColumns, page))
  )
).pipe(Command.withDescription("Lists the last 100 deliveries whose signature was not accepted, and why."))

export const events = Command.make("events").pipe(
  Command.withDescription("Lists, shows, links and replays the events of a running service."),
  Command.withSubcommands([list, show, link, replay, rejected])
)
