import type { Schema } from "effect"
import { escaped } from "../domain/Text.js"
import type { SessionTimeline } from "../http/OperatorBodies.js"
import { bold, byState, faint } from "./Ink.js"
import { type Column, table } from "./Table.js"

type Timeline = Schema.Schema.Type<typeof SessionTimeline>
type Moment = Timeline["timeline"][number]

const text = (value: unknown): string =>
  typeof value === "string" || typeof value === "number" ? String(value) : ""

/** A word before a value, where there is one. */
const named = (name: string, value: unknown): ReadonlyArray<string> =>
  text(value) === "" ? [] : [`${name} ${text(value)}`]

const detailsOf = ({ details, id, kind }: Moment): ReadonlyArray<string> => {
  const itself = id === null ? [] : [id]
  switch (kind) {
    case "start":
    case "call":
      return []
    case "operator":
      return [...named("from", details["address"]), ...named("", id).map((one) => one.trim())]
    case "event":
      return [
        ...named("why", details["why"]),
        ...named("signed", details["signature_scheme"]),
        ...named("secret", details["secret"]),
        ...(details["copies"] === 1 ? [] : named("copies", details["copies"])),
        ...named("provider time", details["provider_time"]),
        ...itself
      ]
    case "verdict":
      return [...named("sequence", details["sequence"]), ...named("by", details["event"])]
    case "action":
      return [
        ...named("attempts", details["attempts"]),
        ...named("next", details["next_attempt_at"]),
        ...itself
      ]
    case "attempt":
      return [...named("answered", details["status"]), ...named("with", details["answer"])]
  }
}

const moments: ReadonlyArray<Column<Moment>> = [
  { name: "TIME", of: ({ at }) => at },
  { name: "WHAT", of: ({ kind }) => kind },
  {
    name: "",
    of: ({ summary }) => summary,
    ink: (summary) => byState(/\w+$/.exec(summary)?.[0] ?? "")
  },
  { name: "DETAILS", of: (moment) => detailsOf(moment).join(", "), ink: () => faint }
]

/** One session and its story, to be read. */
export const readable = ({ timeline, ...session }: Timeline): string => {
  const status = session.reason === null ? session.status : `${session.status}, ${session.reason}`
  const facts: ReadonlyArray<readonly [string, string | null]> = [
    ["user", session.user_id],
    ["reference", session.reference],
    ["product", `${session.product} (${session.environment}, ${session.model})`],
    ["started", session.created_at],
    ["expires", session.expires_at],
    ["decided", session.decided_at]
  ]
  return [
    `${bold(session.session_ref)}  ${byState(session.status)(status)}`,
    ...facts.flatMap(([name, value]) =>
      value === null ? [] : [`  ${faint(name.padEnd(10))}${escaped(value)}`]
    ),
    "",
    table(moments, timeline)
  ].join("\n")
}
