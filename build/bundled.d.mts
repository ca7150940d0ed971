import type { Plugin as EsbuildPlugin } from "esbuild"
import type { Plugin as VitePlugin } from "vitest/config"

export declare const bundledForEsbuild: EsbuildPlugin
export declare const bundledForVite: VitePlugin
