import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { assert, beforeAll, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import manifest from "../../package.json" with { type: "json" }
import { ranToItsEnd } from "../cli/commandLine.js"
import { builtBundle } from "./bundle.js"

beforeAll(() => Effect.runPromise(builtBundle), 180_000)

const compiledIn = (directory: string): string => {
  const file = readdirSync(directory).find((name) => name.endsWith(".v8"))
  return join(directory, file ?? assert.fail("nothing was compiled"))
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

/** Tells what V8 said to each script that came with something compiled. */
const eavesdropper = `
const vm = require("node:vm")
vm.Script = class extends vm.Script {
  constructor(text, options) {
    super(text, options)
    process.stderr.write(this.cachedDataRejected === undefined ? "none" : this.cachedDataRejected ? "refused" : "taken")
  }
}
require("node:module").syncBuiltinESMExports()
`

describe("what was compiled when it was built", () => {
  it.scopedLive.each<readonly [how: string, said: string, (path: string, compiled: Buffer) => void]>([
    ["as it was built", "taken", () => undefined],
    ["missing", "none", (path) => rmSync(path)],
    ["that of another Node", "none", (path) => renameSync(path, path.replace(/[^-]+$/, "v20.0.0.v8"))],
    ["that of another platform", "none", (path) => renameSync(path, path.replace(/[^-]+(-[^-]+)$/, "vax$1"))],
    ["empty", "refused", (path) => writeFileSync(path, "")],
    ["something else", "refused", (path) => writeFileSync(path, "something else")],
    [
      "cut off",
      "refused",
      (path, compiled) => writeFileSync(path, compiled.subarray(0, compiled.length / 2))
    ],
    [
      "that of another version of V8",
      "refused",
      (path, compiled) => {
        compiled.writeUInt32LE(compiled.readUInt32LE(4) + 1, 4)
        writeFileSync(path, compiled)
      }
    ]
  ])("where it is %s, is %s, and the program starts", ([, said, change]) =>
    Effect.gen(function* () {
      const directory = yield* copyOfBuilt
      const compiled = compiledIn(directory)
      change(compiled, readFileSync(compiled))
      const ear = join(directory, "eavesdropper.cjs")
      writeFileSync(ear, eavesdropper)
      const ran = yield* ranToItsEnd(
        ["--version"],
        { cwd: directory, env: { NODE_OPTIONS: `--require "${ear}"` } },
        "",
        Effect.succeed(join(directory, "bin.js"))
      )
      assert.deepStrictEqual(ran, { code: 0, stdout: `${manifest.version}\n\n`, stderr: said })
    })
  )
})
