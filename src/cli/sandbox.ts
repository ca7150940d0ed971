import { Command, Options } from "@effect/cli"
import { Console, Layer } from "effect"
import { behaviourNames } from "../sandbox/Behaviour.js"
import { sandboxLayer } from "../sandbox/Sandbox.js"

const options = {
  webhookUrl: Options.text("webhook-url").pipe(Options.withDescription("Where the signed webhooks go")),
  webhookSecret: Options.redacted("webhook-secret").pipe(
    Options.withDescription("What they are signed with")
  ),
  host: Options.text("host").pipe(
    Options.withDescription("The address to listen on"),
    Options.withDefault("127.0.0.1")
  ),
  port: Options.integer("port").pipe(
    Options.withDescription("The port to listen on"),
    Options.withDefault(3001)
  ),
  publicUrl: Options.text("public-url").pipe(
    Options.withDescription("How phones reach the hosted pages"),
    Options.withDefault("")
  ),
  behaviour: Options.text("behaviour").pipe(
    Options.withDescription(`How it misbehaves: a comma-separated list of ${behaviourNames.join(", ")}`),
    Options.withDefault("")
  )
}

/** The provider alone, for a backend in any language (contract section 10). */
export const sandbox = Command.make("sandbox", options, (chosen) => {
  const publicUrl = chosen.publicUrl || `http://localhost:${chosen.port}`
  const announce = Layer.effectDiscard(
    Console.log(
      `The sandbox provider answers at ${publicUrl}, API key vhk_test_sandbox, client key pk_demo_sandbox.\nIts webhooks go to ${chosen.webhookUrl}`
    )
  )
  const sandbox = sandboxLayer({
    ...chosen,
    publicUrl,
    apiKey: "vhk_test_sandbox",
    clientKey: "pk_demo_sandbox"
  })
  return Layer.launch(Layer.provideMerge(announce, sandbox))
}).pipe(Command.withDescription("Runs the stand-in for VerifyHuman alone, for a backend in any language."))
