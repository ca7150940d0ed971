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

const [what, outfile = "dist/bin.js"] = process.argv.slice(2).map((word) => word.replace("--outfile=", ""))

await build(
  what === "library"
    ? {
        ...shared,
        entryPoints: ["src/index.ts", "src/client.ts"],
        splitting: true,
        packages: "external",
        outdir: "dist"
      }
    : {
        ...shared,
        entryPoints: ["src/main.ts"],
        outfile,
        external: ["better-sqlite3"],
        minifySyntax: true,
        banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" }
      }
)
