import { readFileSync } from "node:fs"
import { defineConfig } from "vitest/config"
import { bundledForVite } from "./build/bundled.mjs"

export default defineConfig({
  plugins: [
    bundledForVite,
    {
      name: "html-as-text",
      enforce: "pre",
      load: (id) =>
        id.endsWith(".html") ? `export default ${JSON.stringify(readFileSync(id, "utf8"))}` : undefined
    }
  ],
  test: {
    globalSetup: ["test/postgres/setup.ts"],
    include: ["test/**/*.test.ts"],
    exclude: ["test/**/*.long.test.ts", "node_modules/**"],
    testTimeout: 30_000,
    hookTimeout: 60_000
  }
})
