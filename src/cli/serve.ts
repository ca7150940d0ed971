import { Command } from "@effect/cli"
import { Console, Effect, Layer, Redacted } from "effect"
import manifest from "../../package.json" with { type: "json" }
import { serviceLayer } from "../Service.js"
import { dotEnv } from "../settings/DotEnv.js"
import { Settings, type SettingsValue } from "../settings/Settings.js"
import { observability } from "../telemetry/Observability.js"
import { cannotListen } from "./CannotListen.js"

const observed = Layer.unwrapEffect(
  Effect.map(Settings, (settings) => observability({ ...settings.observability, version: manifest.version }))
)

const table = (rows: ReadonlyArray<readonly [name: string, value: string, meaning: string]>) => {
  const width = Math.max(...rows.map(([, value]) => value.length)) + 3
  return rows.map(([name, value, meaning]) => `  ${name.padEnd(14)}${value.padEnd(width)}${meaning}`)
}

const banner = (publicUrl: string, { adminToken, url }: NonNullable<SettingsValue["sandbox"]>): string =>
  [
    "",
    "  verifyhuman-dropin runs in the sandbox, which verifies nobody.",
    "",
    ...table([
      ["open", `${publicUrl}/demo`, "the phone in a browser"],
      ["console", `${publicUrl}/console`, "for operators: what became of each session"],
      ["API", `${publicUrl}/docs`, "to read and to try"],
      ["provider", url, "the stand-in for VerifyHuman"],
      [
        "admin token",
        adminToken === null ? "as in ADMIN_TOKENS" : Redacted.value(adminToken),
        "for operators: console, command line, API"
      ]
    ]),
    ""
  ].join("\n")

const announce = Layer.effectDiscard(
  Effect.gen(function* () {
    const { environment, host, port, publicUrl, sandbox, warnings } = yield* Settings
    for (const warning of warnings) yield* Effect.logWarning(warning)
    yield* sandbox === null
      ? Effect.logInfo(`verifyhuman-dropin (${environment}) listens on ${host}, port ${port}`)
      : Console.log(banner(publicUrl, sandbox))
  })
)

const service = Layer.unwrapEffect(
  Effect.map(Settings, ({ host, sandbox }) =>
    Layer.mapError(
      serviceLayer,
      cannotListen({
        host,
        hostSetting: "HOST",
        portSetting: (port) => (port === sandbox?.port ? "SANDBOX_PORT" : "PORT")
      })
    )
  )
)

/** The service, until the process is told to end. */
export const serving = announce.pipe(
  Layer.provideMerge(service),
  Layer.provide(observed),
  Layer.provide(Settings.layer),
  Layer.provide(dotEnv),
  Layer.launch
)

export const serve = Command.make("serve", {}, () => serving).pipe(
  Command.withDescription("Runs the service. It is configured by environment variables; a .env file is read.")
)
