import { Command } from "@effect/cli"
import { ConfigProvider, Effect } from "effect"
import { dotEnv } from "../settings/DotEnv.js"
import { readVariables } from "../settings/Variables.js"
import { CommandFailed } from "./Failed.js"
import { serving } from "./serve.js"

const inMemory = ConfigProvider.fromMap(new Map([["DATABASE_URL", "sqlite::memory:"]]))

const onlyInTheSandbox = Effect.gen(function* () {
  const { text } = yield* readVariables(["VERIFYHUMAN_ENVIRONMENT"])
  const environment = text("VERIFYHUMAN_ENVIRONMENT")
  if (environment === "test" || environment === "live") {
    return yield* new CommandFailed({
      message: `VERIFYHUMAN_ENVIRONMENT is ${environment}: the demo runs only in the sandbox. Set it to sandbox, or use serve.`
    })
  }
})

/** The service in the sandbox, which forgets everything when it ends. */
export const demo = Command.make("demo", {}, () =>
  Effect.zipRight(
    Effect.provide(onlyInTheSandbox, dotEnv),
    Effect.configProviderWith((environment) =>
      Effect.withConfigProvider(
        serving,
        ConfigProvider.orElse(inMemory, () => environment)
      )
    )
  )
).pipe(
  Command.withDescription(
    "Runs the service in the sandbox on a database in memory, whatever DATABASE_URL says. Everything is gone when it ends."
  )
)
