import { CliConfig, Command, HelpDoc, Span, ValidationError } from "@effect/cli"
import { NodeContext } from "@effect/platform-node"
import { Cause, Console, Effect, Exit, Layer } from "effect"
import manifest from "../../package.json" with { type: "json" }
import { actions } from "./actions.js"
import { demo } from "./demo.js"
import { doctor } from "./doctor.js"
import { events } from "./events.js"
import { WrongUsage } from "./Failed.js"
import { migrate } from "./migrate.js"
import { openapi } from "./openapi.js"
import { plainConsole } from "./PlainConsole.js"
import { sandbox } from "./sandbox.js"
import { serve, serving } from "./serve.js"
import { sessions } from "./sessions.js"
import { token } from "./token.js"
import { trigger } from "./trigger.js"

const root = Command.make("verifyhuman-dropin", {}, () => serving).pipe(
  Command.withDescription("The backend of VerifyHuman's mobile app drop-in. Without a command: serve."),
  Command.withSubcommands([
    serve,
    sandbox,
    demo,
    doctor,
    trigger,
    sessions,
    events,
    actions,
    migrate,
    token,
    openapi
  ])
)

const run = Command.run(root, {
  name: "verifyhuman-dropin",
  version: manifest.version,
  executable: "verifyhuman-dropin",
  summary: Span.text("verifyhuman-dropin [COMMAND] [OPTIONS]"),
  footer: HelpDoc.blocks([
    HelpDoc.h1("EXIT CODES"),
    HelpDoc.p("0 good, 1 failed, 2 wrong usage"),
    HelpDoc.h1("COMPLETIONS"),
    HelpDoc.p(
      "verifyhuman-dropin --completions bash (zsh, fish) prints a script for your shell; in bash: source <(verifyhuman-dropin --completions bash)"
    )
  ])
})

/** 0 good, 1 failed, 2 wrong usage (contract section 1). */
const exitCode = (exit: Exit.Exit<unknown, unknown>): number => {
  if (Exit.isSuccess(exit) || Cause.isInterruptedOnly(exit.cause)) return 0
  const error = Cause.squash(exit.cause)
  return ValidationError.isValidationError(error) || error instanceof WrongUsage ? 2 : 1
}

/** One line for a failure that says what to do; the whole cause for one that nobody foresaw. */
const describe = (cause: Cause.Cause<unknown>): string => {
  const error = Cause.squash(cause)
  return Cause.isFailure(cause) && error instanceof Error && error.message !== ""
    ? error.message
    : Cause.pretty(cause)
}

const report = (cause: Cause.Cause<unknown>) => {
  if (Cause.isInterruptedOnly(cause)) return Effect.void
  const error = Cause.squash(cause)
  const help = "verifyhuman-dropin --help tells what can be asked for."
  // What is wrong with it was said already.
  if (ValidationError.isValidationError(error)) return Console.error(help)
  return Console.error(error instanceof WrongUsage ? `${error.message}\n${help}` : describe(cause))
}

/** Runs the command line and ends the process with its exit code. */
export const cli = Effect.suspend(() => run(process.argv)).pipe(
  Effect.tapErrorCause(report),
  Effect.provide(Layer.mergeAll(NodeContext.layer, CliConfig.layer({ showBuiltIns: false }), plainConsole)),
  Effect.onExit((exit) =>
    Effect.sync(() => {
      process.exitCode = exitCode(exit)
    })
  ),
  Effect.exit
)
