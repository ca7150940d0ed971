import { FileSystem, PlatformConfigProvider } from "@effect/platform"
import { ConfigProvider, Effect, Layer } from "effect"
import { SettingsError } from "./SettingsError.js"

const unusable = () =>
  new SettingsError({ problems: [{ variable: ".env", expected: "a readable file of NAME=value lines" }] })

/** The environment and, for what it does not set, the `.env` file of the working directory, if there is one. */
export const dotEnv: Layer.Layer<never, SettingsError, FileSystem.FileSystem> = Layer.unwrapEffect(
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const environment = ConfigProvider.fromEnv()
    if (!(yield* Effect.orElseSucceed(fs.exists(".env"), () => false)))
      return Layer.setConfigProvider(environment)
    const file = yield* Effect.mapError(PlatformConfigProvider.fromDotEnv(".env"), unusable)
    return Layer.setConfigProvider(ConfigProvider.orElse(environment, () => file))
  })
)
