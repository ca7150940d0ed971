import { FileSystem } from "@effect/platform"
import { ConfigProvider, Effect, Either, Layer } from "effect"
import { parseEnvFile } from "./EnvFile.js"
import { SettingsError } from "./SettingsError.js"

const file = ".env"
const unusable = (expected: string) => new SettingsError({ problems: [{ variable: file, expected }] })

/**
 * The environment and, for what it does not set, the `.env` file of the working directory, if there is one. What the
 * environment sets to nothing stays so: that is how one turns off what the file says.
 */
export const dotEnv: Layer.Layer<never, SettingsError, FileSystem.FileSystem> = Layer.unwrapEffect(
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const environment = yield* Effect.configProviderWith(Effect.succeed)
    if (!(yield* Effect.orElseSucceed(fs.exists(file), () => false))) return Layer.empty
    const text = yield* Effect.mapError(fs.readFileString(file), () =>
      unusable("a file that can be read, of NAME=value lines")
    )
    const values = parseEnvFile(text)
    if (Either.isLeft(values)) {
      return yield* unusable(
        `NAME=value in line ${values.left.join(", ")}; a value that begins with # or a quote stands in quotes`
      )
    }
    const fallback = ConfigProvider.fromMap(new Map(values.right))
    return Layer.setConfigProvider(ConfigProvider.orElse(environment, () => fallback))
  })
)
