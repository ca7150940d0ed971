import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { Script } from "node:vm"
import { assert, beforeAll, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import manifest from "../../package.json" with { type: "json" }
import { ranToItsEnd } from "../cli/commandLine.js"
import { builtBundle } from "./bundle.js"

beforeAll(() => Effect.runPromise(builtBundle), 180_000)

const launcherIn = (directory: string) => Effect.succeed(join(directory, "bin.js"))

const fileOf = (directory: string, ending: string): string => {
  const file = readdirSync(directory).find((name) => name.startsWith("program-") && name.endsWith(ending))
  return join(directory, file ?? assert.fail(`there is no program-….${ending}`))
}

/** What is shipped, in a directory of its own beside it, where it finds its packages. */
const copyOfBuilt = Effect.acquireRelease(
  Effect.map(builtBundle, (bundle) => {
    const from = dirname(bundle)
    const copy = mkdtempSync(`${from}-copy-`)
    for (const file of readdirSync(from))
      if (/^(bin\.js|package\.json|program-.*)$/.test(file)) cpSync(join(from, file), join(copy, file))
    return copy
  }),
  (copy) => Effect.sync(() => rmSync(copy, { recursive: true }))
)

describe("what was compiled when it was built", () => {
  it.scopedLive("is taken by the Node that built it", () =>
    Effect.gen(function* () {
      const directory = dirname(yield* builtBundle)
      const script = new Script(readFileSync(fileOf(directory, ".cjs"), "utf8"), {
        cachedData: readFileSync(fileOf(directory, ".v8"))
      })
      assert.isFalse(script.cachedDataRejected)
    })
  )

  it.scopedLive.each<readonly [string, (path: string, compiled: Buffer) => void]>([
    ["is missing", (path) => rmSync(path)],
    ["is empty", (path) => writeFileSync(path, "")],
    ["is something else", (path) => writeFileSync(path, "something else")],
    ["was cut off", (path, compiled) => writeFileSync(path, compiled.subarray(0, compiled.length / 2))],
    [
      "is of another version of V8",
      (path, compiled) => {
        compiled.writeUInt32LE(compiled.readUInt32LE(4) + 1, 4)
        writeFileSync(path, compiled)
      }
    ]
  ])("does no harm where it %s", ([, spoil]) =>
    Effect.gen(function* () {
      const directory = yield* copyOfBuilt
      const compiled = fileOf(directory, ".v8")
      spoil(compiled, readFileSync(compiled))
      const ran = yield* ranToItsEnd(["--version"], { cwd: directory, env: {} }, "", launcherIn(directory))
      assert.deepStrictEqual(ran, { code: 0, stdout: `${manifest.version}\n\n`, stderr: "" })
    })
  )
})
