import { execFile } from "node:child_process"
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync
} from "node:fs"
import { join, resolve } from "node:path"
import { Effect } from "effect"

const project = resolve(import.meta.dirname, "../..")
/** What is compiled is of one Node. */
const cache = join(project, "node_modules/.cache/verifyhuman-dropin", process.version)
const launcher = "bin.js"
const bundle = join(cache, launcher)

const changedAt = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0

const within = (directory: string): ReadonlyArray<string> =>
  readdirSync(join(project, directory), { recursive: true, encoding: "utf8" }).map((path) =>
    join(directory, path)
  )

/** Directories count too: a file that is gone changes only them. */
const sourceChangedAt = (): number =>
  Math.max(
    ...["package.json", "package-lock.json", "src", "build", ...within("src"), ...within("build")].map(
      (path) => changedAt(join(project, path))
    )
  )

const buildTo = (directory: string) =>
  Effect.async<void>((resume) => {
    const command = ["run", "--silent", "build:bin", "--", directory]
    execFile("npm", command, { cwd: project }, (error, _stdout, stderr) =>
      resume(error === null ? Effect.void : Effect.die(new Error(`the build failed\n${stderr}`)))
    )
  })

/** The launcher comes last: until then the old one has its program. */
const moveIntoPlace = (own: string) => {
  const old = readdirSync(cache).filter((file) => file.startsWith("program-"))
  const built = readdirSync(own)
  for (const file of [...built.filter((file) => file !== launcher), launcher])
    renameSync(join(own, file), join(cache, file))
  for (const file of old) if (!built.includes(file)) rmSync(join(cache, file), { force: true })
  rmdirSync(own)
}

/**
 * The command line as it is shipped, built when the sources are newer. Test files run in processes of their own:
 * each builds beside the others' and moves the files into place.
 */
const build = Effect.gen(function* () {
  const startedAt = Date.now()
  if (changedAt(bundle) > sourceChangedAt()) return bundle
  mkdirSync(cache, { recursive: true })
  writeFileSync(join(cache, "package.json"), JSON.stringify({ type: "module" }))
  const own = mkdtempSync(join(cache, "building-"))
  yield* buildTo(own)
  utimesSync(join(own, launcher), startedAt / 1000, startedAt / 1000)
  moveIntoPlace(own)
  return bundle
})

/** The path of the bundle, once per process. */
export const builtBundle: Effect.Effect<string> = Effect.runSync(Effect.cached(build))
