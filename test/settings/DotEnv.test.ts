import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { FileSystem } from "@effect/platform"
import { NodeFileSystem } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { dotEnv } from "../../src/settings/DotEnv.js"
import { Settings } from "../../src/settings/Settings.js"
import { scratchDirectory } from "../e2e/process.js"
import { from, plain, refused, type Variables } from "./reading.js"

/** The real file system, as a process sees it whose working directory is another. */
const seenFrom = (directory: string) =>
  Layer.effect(
    FileSystem.FileSystem,
    Effect.map(FileSystem.FileSystem, (fs) => ({
      ...fs,
      exists: (path: string) => fs.exists(join(directory, path)),
      readFileString: (path: string) => fs.readFileString(join(directory, path))
    }))
  ).pipe(Layer.provide(NodeFileSystem.layer))

const readIn = (directory: string, environment: Variables = {}) =>
  Settings.read.pipe(
    Effect.map(plain),
    Effect.provide(Layer.provide(dotEnv, seenFrom(directory))),
    Effect.withConfigProvider(from(environment))
  )

const withFile = (content: string | Uint8Array) =>
  Effect.tap(scratchDirectory, (directory) =>
    Effect.sync(() => writeFileSync(join(directory, ".env"), content))
  )

describe("the .env file", () => {
  it.scoped("is read", () =>
    Effect.gen(function* () {
      const directory = yield* withFile(
        [
          "# where it runs",
          "PORT=4000",
          "export LOG_LEVEL = debug",
          'VERIFYHUMAN_PAGE_TITLE="Who are you? # really"',
          "VERIFYHUMAN_WEBHOOK_SECRETS='whsec_$PORT#1, other' # two"
        ].join("\n")
      )
      const settings = yield* readIn(directory)
      assert.strictEqual(settings.port, 4000)
      assert.strictEqual(settings.observability.logLevel, "DEBUG")
      assert.strictEqual(settings.verifyHuman.pageTitle, "Who are you? # really")
      assert.deepStrictEqual(settings.webhooks.secrets, ["whsec_$PORT#1", "other"])
    })
  )

  it.scoped("need not be there", () =>
    Effect.gen(function* () {
      const directory = yield* scratchDirectory
      assert.strictEqual((yield* readIn(directory)).port, 3000)
      assert.strictEqual((yield* readIn(directory, { PORT: "5000" })).port, 5000)
    })
  )

  it.scoped("gives way to the environment, even to what that sets to nothing", () =>
    Effect.gen(function* () {
      const directory = yield* withFile("PORT=4000\nHOST=0.0.0.0\nSANDBOX_PORT=4001")
      const settings = yield* readIn(directory, { PORT: "5000", HOST: "" })
      assert.strictEqual(settings.port, 5000)
      assert.strictEqual(settings.host, "127.0.0.1")
      assert.strictEqual(settings.sandbox.port, 4001)
    })
  )

  it.scoped("is checked like the environment", () =>
    Effect.gen(function* () {
      const directory = yield* withFile("PORT=http\nVERIFYHUMAN_ENVIRONMENT=live")
      const { message } = yield* refused(readIn(directory))
      assert.include(message, "  PORT: expected a port number, 1 to 65535")
      assert.include(message, "  VERIFYHUMAN_API_KEY: expected")
    })
  )

  it.scoped("that cannot be read is an error", () =>
    Effect.gen(function* () {
      const directory = yield* scratchDirectory
      mkdirSync(join(directory, ".env"))
      const { message } = yield* refused(readIn(directory))
      assert.strictEqual(
        message,
        "The settings are not usable:\n  .env: expected a file that can be read, of NAME=value lines"
      )
    })
  )

  it.scoped("that cannot be understood is an error, which names the lines and not what stands there", () =>
    Effect.gen(function* () {
      const directory = yield* withFile("PORT=4000\nvhk_live_secret\nADMIN_TOKENS='not closed")
      const { message } = yield* refused(readIn(directory))
      assert.strictEqual(
        message,
        "The settings are not usable:\n  .env: expected NAME=value in line 2, 3; a value that begins with # or a quote stands in quotes"
      )
      const utf16 = yield* withFile(Buffer.from("\ufeffPORT=4000", "utf16le"))
      assert.include((yield* refused(readIn(utf16))).message, ".env: expected NAME=value in line 1")
    })
  )
})
