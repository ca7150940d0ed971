import { defineConfig, mergeConfig } from "vitest/config"
import normal from "./vitest.config.js"

const { test: _, ...shared } = normal

export default mergeConfig(
  shared,
  defineConfig({
    test: {
      globalSetup: ["test/postgres/setup.ts"],
      include: ["test/**/*.long.test.ts"],
      testTimeout: 3_600_000,
      hookTimeout: 120_000
    }
  })
)
