import { resolve } from "node:path"
import { build } from "esbuild"

const suffix = "?bundle"

const textOf = async (path) => {
  const { outputFiles } = await build({
    entryPoints: [path],
    bundle: true,
    write: false,
    minify: true,
    format: "esm",
    target: ["es2022", "chrome111", "firefox113", "safari16.4"],
    legalComments: "none",
    logLevel: "warning"
  })
  return outputFiles[0]?.text ?? ""
}

const pathOf = (specifier, directory) => resolve(directory, specifier.slice(0, -suffix.length))

/** An import of `./some/file?bundle` is the text of that file, bundled for the browser. */
export const bundledForEsbuild = {
  name: "bundled",
  setup: ({ onLoad, onResolve }) => {
    onResolve({ filter: /\?bundle$/ }, ({ path, resolveDir }) => ({
      path: pathOf(path, resolveDir),
      namespace: "bundled"
    }))
    onLoad({ filter: /.*/, namespace: "bundled" }, async ({ path }) => ({
      contents: await textOf(path),
      loader: "text"
    }))
  }
}

const mark = "\0bundled:"

/** The same for tests, which run from source. */
export const bundledForVite = {
  name: "bundled",
  enforce: "pre",
  resolveId: (specifier, importer) =>
    specifier.endsWith(suffix)
      ? `${mark}${pathOf(specifier, resolve(importer ?? "", ".."))}:text`
      : undefined,
  load: async (id) =>
    id.startsWith(mark)
      ? `export default ${JSON.stringify(await textOf(id.slice(mark.length, -":text".length)))}`
      : undefined
}
