import { Command } from "@effect/cli"
import { Console, Effect, Layer, Logger, Redacted } from "effect"
import { serviceLayer } from "../Service.js"
import { dotEnv } from "../settings/DotEnv.js"
import { Settings, type SettingsValue } from "../settings/Settings.js"

const logging = Layer.unwrapEffect(
  Effect.map(Settings, ({ observability: { logFormat, logLevel } }) =>
    Layer.merge(logFormat === "json" ? Logger.json : Logger.pretty, Logger.minimumLogLevel(logLevel))
  )
)

const banner = ({ environment, operators, port, publicUrl, sandbox }: SettingsValue): string =>
  sandbox === null
    ? `verifyhuman-dropin (${environment}) listens on port ${port}`
    : [
        "",
        `  verifyhuman-dropin runs in the sandbox, which verifies nobody.`,
        "",
        `  open          ${publicUrl}/demo        the phone in a browser`,
        `  API           ${publicUrl}/docs`,
        `  provider      ${sandbox.url}             the stand-in for VerifyHuman`,
        ...operators.tokens.map(
          (token) => `  admin token   ${Redacted.value(token)}   for operators; no route asks for it yet`
        ),
        ""
      ].join("\n")

const announce = Layer.effectDiscard(
  Effect.gen(function* () {
    const settings = yield* Settings
    for (const warning of settings.warnings) yield* Effect.logWarning(warning)
    yield* settings.sandbox === null ? Effect.logInfo(banner(settings)) : Console.log(banner(settings))
  })
)

/** The service, until the process is told to end. */
export const serving = announce.pipe(
  Layer.provideMerge(serviceLayer),
  Layer.provide(logging),
  Layer.provide(Settings.layer),
  Layer.provide(dotEnv),
  Layer.launch
)

export const serve = Command.make("serve", {}, () => serving).pipe(
  Command.withDescription("Runs the service. It is configured by environment variables; a .env file is read.")
)
