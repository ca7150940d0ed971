import { Command, Options } from "@effect/cli"
import { Config, Console, Either, Layer, Redacted } from "effect"
import { expectedBehaviour, parseBehaviour } from "../sandbox/Behaviour.js"
import { sandboxLayer } from "../sandbox/Sandbox.js"
import { host } from "../settings/Hosts.js"
import { httpBase, httpUrl, wholeNumber } from "../settings/Parsers.js"
import { cannotListen } from "./CannotListen.js"
import { read } from "./ReadOption.js"

const options = {
  webhookUrl: Options.text("webhook-url").pipe(
    Options.withPseudoName("URL"),
    Options.withDescription("Where the signed webhooks go"),
    read("--webhook-url", "an http:// or https:// address", httpUrl)
  ),
  webhookSecret: Options.redacted("webhook-secret").pipe(
    Options.withPseudoName("SECRET"),
    Options.withDescription("What they are signed with"),
    read("--webhook-secret", "a secret", (secret) => (Redacted.value(secret).trim() === "" ? null : secret))
  ),
  host: Options.text("host").pipe(
    Options.withPseudoName("HOST"),
    Options.withDescription("The address to listen on; 127.0.0.1 if not given"),
    read("--host", "an address such as 127.0.0.1 or 0.0.0.0", host),
    Options.withDefault("127.0.0.1")
  ),
  port: Options.text("port").pipe(
    Options.withPseudoName("PORT"),
    Options.withDescription("The port to listen on; 3001 if not given"),
    read("--port", "a port number, 1 to 65535", wholeNumber(1, 65_535)),
    Options.withDefault(3001)
  ),
  publicUrl: Options.text("public-url").pipe(
    Options.withPseudoName("URL"),
    Options.withDescription("How phones reach the hosted pages; http://localhost:PORT if not given"),
    read("--public-url", "an http:// or https:// address without a query", httpBase),
    Options.withDefault(null)
  ),
  behaviour: Options.text("behaviour").pipe(
    Options.withPseudoName("LIST"),
    Options.withDescription(`How it misbehaves; SANDBOX_BEHAVIOUR if not given: ${expectedBehaviour}`),
    Options.withFallbackConfig(Config.string("SANDBOX_BEHAVIOUR")),
    read("--behaviour (or SANDBOX_BEHAVIOUR)", expectedBehaviour, (text) =>
      Either.isRight(parseBehaviour(text)) ? text : null
    ),
    Options.withDefault("")
  )
}

/** The provider alone, for a backend in any language (contract section 10). */
export const sandbox = Command.make("sandbox", options, (chosen) => {
  const publicUrl = chosen.publicUrl ?? `http://localhost:${chosen.port}`
  const announce = Layer.effectDiscard(
    Console.log(
      [
        `The sandbox provider, which verifies nobody, answers at ${publicUrl}`,
        "API key vhk_test_sandbox, client key pk_demo_sandbox",
        `Its signed webhooks go to ${chosen.webhookUrl}`
      ].join("\n")
    )
  )
  const sandbox = sandboxLayer({
    ...chosen,
    publicUrl,
    actionSecret: null,
    apiKey: "vhk_test_sandbox",
    clientKey: "pk_demo_sandbox"
  }).pipe(
    Layer.mapError(cannotListen({ host: chosen.host, hostSetting: "--host", portSetting: () => "--port" }))
  )
  return Layer.launch(Layer.provideMerge(announce, sandbox))
}).pipe(Command.withDescription("Runs the stand-in for VerifyHuman alone, for a backend in any language."))
