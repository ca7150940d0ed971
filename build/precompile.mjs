import { readFileSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { basename, resolve } from "node:path"
import { Script } from "node:vm"

const [program] = process.argv.splice(2, 1, "--version")
const script = new Script(readFileSync(program, "utf8"), { filename: basename(program) })

const { arch, platform, version } = process
const compiled = program.replace(/\.cjs$/, `-${platform}-${arch}-${version}.v8`)

/** All that has to run before a command does has been compiled by then. */
process.once("exit", () => writeFileSync(compiled, script.createCachedData()))
script.runInThisContext()(createRequire(resolve(program)))
