import { execFileSync } from "node:child_process"
import { readdirSync, rmSync } from "node:fs"
import { basename, join } from "node:path"
import { build } from "esbuild"
import { bundledForEsbuild } from "./bundled.mjs"

const shared = {
  bundle: true,
  platform: "node",
  target: "node20",
  format: "esm",
  loader: { ".html": "text" },
  plugins: [bundledForEsbuild],
  logLevel: "warning"
}

/** Last of all: until then what was built before works. */
const removeOld = (outdir, prefix, isNew) => {
  for (const file of readdirSync(outdir))
    if (file.startsWith(prefix) && !isNew(file)) rmSync(join(outdir, file))
}

/** Named by what is in it, so that what was compiled of one program is never taken for another's. */
const buildProgram = async (outdir) => {
  const { metafile } = await build({
    ...shared,
    entryPoints: { program: "src/main.ts" },
    entryNames: "[name]-[hash]",
    outdir,
    outExtension: { ".js": ".cjs" },
    format: "cjs",
    banner: { js: "(function (require) {" },
    footer: { js: "})" },
    external: ["better-sqlite3"],
    minifySyntax: true,
    minifyWhitespace: true,
    lineLimit: 160,
    legalComments: "external",
    metafile: true
  })
  return Object.keys(metafile.outputs).find((path) => path.endsWith(".cjs")) ?? ""
}

const buildBin = async (outdir) => {
  const program = await buildProgram(outdir)
  execFileSync(process.execPath, ["build/precompile.mjs", program], {
    stdio: ["ignore", "ignore", "inherit"]
  })
  const name = basename(program, ".cjs")
  await build({
    ...shared,
    entryPoints: { bin: "src/bin.ts" },
    outdir,
    define: { PROGRAM: JSON.stringify(name) }
  })
  removeOld(outdir, "program-", (file) => file.startsWith(name))
}

const buildLibrary = async (outdir) => {
  const { metafile } = await build({
    ...shared,
    entryPoints: ["src/index.ts", "src/client.ts"],
    splitting: true,
    packages: "external",
    outdir,
    metafile: true
  })
  const built = Object.keys(metafile.outputs).map((path) => basename(path))
  removeOld(outdir, "chunk-", (file) => built.includes(file))
}

const [what, outdir = "dist"] = process.argv.slice(2)
await (what === "library" ? buildLibrary : buildBin)(outdir)
