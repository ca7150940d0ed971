#!/usr/bin/env node
import { existsSync, readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { fileURLToPath } from "node:url"
import { Script } from "node:vm"

/** The name of the built program without its ending, put in by the build. */
declare const PROGRAM: string

const { arch, platform, version } = process
const filename = `${PROGRAM}.cjs`
const beside = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const compiled = beside(`${PROGRAM}-${platform}-${arch}-${version}.v8`)

/**
 * The program with what V8 compiled of it when it was built, by the same Node on the same platform: a third of the time
 * that a start takes. (`module.enableCompileCache` needs Node 22 and a directory to write to.)
 */
const script = new Script(readFileSync(beside(filename), "utf8"), {
  filename,
  ...(existsSync(compiled) ? { cachedData: readFileSync(compiled) } : {})
})

script.runInThisContext()(createRequire(import.meta.url))
