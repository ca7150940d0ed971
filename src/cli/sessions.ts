import { Args, Command, Options } from "@effect/cli"
import { Effect, type Schema } from "effect"
import { Product } from "../domain/Product.js"
import type { Session } from "../http/OperatorBodies.js"
import { WrongUsage } from "./Failed.js"
import { byState } from "./Ink.js"
import { listOptions, printPages } from "./ListOutput.js"
import { atService, inPath, operatorOptions } from "./OperatorClient.js"
import { json, print } from "./Output.js"
import { given } from "./Pages.js"
import type { Column } from "./Table.js"
import { readable } from "./Timeline.js"

const columns: ReadonlyArray<Column<Schema.Schema.Type<typeof Session>>> = [
  { name: "STARTED", of: (session) => session.created_at },
  { name: "SESSION", of: (session) => session.session_ref },
  { name: "STATUS", of: (session) => session.status, ink: byState },
  { name: "REASON", of: (session) => session.reason },
  { name: "PRODUCT", of: (session) => session.product },
  { name: "USER", of: (session) => session.user_id }
]

const filter = {
  status: Options.choice("status", ["pending", "pass", "fail"]).pipe(Options.optional),
  reason: Options.text("reason").pipe(
    Options.withPseudoName("REASON"),
    Options.withDescription("Such as in_review, expired or declined"),
    Options.optional
  ),
  product: Options.choice("product", Product.literals).pipe(Options.optional),
  user: Options.text("user").pipe(
    Options.withPseudoName("USER_ID"),
    Options.withDescription("The user's id"),
    Options.optional
  ),
  verificationId: Options.text("verification-id").pipe(
    Options.withPseudoName("ID"),
    Options.withDescription("The provider's verification_id"),
    Options.optional
  )
}

const list = Command.make("list", { ...filter, ...listOptions }, (chosen) =>
  printPages(chosen, columns, (client, page) =>
    client.sessions({
      urlParams: {
        ...page,
        status: given(chosen.status),
        reason: given(chosen.reason),
        product: given(chosen.product),
        user_id: given(chosen.user),
        verification_id: given(chosen.verificationId),
        from: given(chosen.from),
        to: given(chosen.to)
      }
    })
  )
).pipe(Command.withDescription("Lists sessions, newest first."))

const show = Command.make(
  "show",
  { ref: Args.text({ name: "SESSION_REF" }), ...operatorOptions, json },
  (chosen) =>
    atService(chosen, (client) =>
      Effect.flatMap(client.session({ path: { session_ref: inPath(chosen.ref) } }), (session) =>
        print(chosen.json, session, () => readable(session))
      )
    )
).pipe(Command.withDescription("Tells one session's story: every delivery, verdict and action attempt."))

const erase = Command.make(
  "erase",
  {
    user: Args.text({ name: "USER_ID" }),
    yes: Options.boolean("yes").pipe(Options.withDescription("Says that you mean it")),
    ...operatorOptions,
    json
  },
  (chosen) =>
    Effect.gen(function* () {
      if (!chosen.yes) {
        return yield* new WrongUsage({ message: "What is erased cannot be brought back: add --yes." })
      }
      const erased = yield* atService(chosen, (client) =>
        client.eraseUser({ path: { user_id: inPath(chosen.user) } })
      )
      yield* print(chosen.json, erased, () => `Erased; sessions of this user: ${erased.sessions}`)
    })
).pipe(Command.withDescription("Forgets a user: sessions, identifiers, bodies and actions."))

export const sessions = Command.make("sessions").pipe(
  Command.withDescription("Lists and shows sessions of a running service; erases a user."),
  Command.withSubcommands([list, show, erase])
)
