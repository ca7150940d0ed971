import { execFile } from "node:child_process"
import { randomUUID } from "node:crypto"
import { mkdirSync, readdirSync, renameSync, statSync, utimesSync } from "node:fs"
import { join, resolve } from "node:path"
import { Effect } from "effect"

const project = resolve(import.meta.dirname, "../..")
const cache = join(project, "node_modules/.cache/verifyhuman-dropin")
const bundle = join(cache, "service.mjs")

const changedAt = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0

/** Directories count too: a file that is gone changes only them. */
const sourceChangedAt = (): number =>
  Math.max(
    ...["package.json", "package-lock.json", "src", "build/build.mjs", "build/bundled.mjs"].map((path) =>
      changedAt(join(project, path))
    ),
    ...readdirSync(join(project, "src"), { recursive: true, encoding: "utf8" }).map((path) =>
      changedAt(join(project, "src", path))
    )
  )

const buildTo = (file: string) =>
  Effect.async<void>((resume) => {
    const command = ["run", "--silent", "build:bin", "--", `--outfile=${file}`]
    execFile("npm", command, { cwd: project }, (error, _stdout, stderr) =>
      resume(error === null ? Effect.void : Effect.die(new Error(`the build failed\n${stderr}`)))
    )
  })

/**
 * The command line as it is shipped, built when the sources are newer. Test files run in processes of their own:
 * each builds beside the others' and moves the whole file into place.
 */
const build = Effect.gen(function* () {
  const startedAt = Date.now()
  if (changedAt(bundle) > sourceChangedAt()) return bundle
  mkdirSync(cache, { recursive: true })
  const own = join(cache, `${randomUUID()}.mjs`)
  yield* buildTo(own)
  utimesSync(own, startedAt / 1000, startedAt / 1000)
  renameSync(own, bundle)
  return bundle
})

/** The path of the bundle, once per process. */
export const builtBundle: Effect.Effect<string> = Effect.runSync(Effect.cached(build))
