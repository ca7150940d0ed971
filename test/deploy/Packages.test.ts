import { assert, describe, it } from "@effect/vitest"
import { textOf } from "./alerts.js"

interface Locked {
  readonly version?: string
  readonly resolved?: string
  readonly integrity?: string
  readonly hasInstallScript?: boolean
  readonly os?: ReadonlyArray<string>
  readonly cpu?: ReadonlyArray<string>
}

const manifest = JSON.parse(textOf("package.json")) as {
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
  readonly allowScripts: Readonly<Record<string, boolean>>
}
const { packages } = JSON.parse(textOf("package-lock.json")) as {
  readonly packages: Readonly<Record<string, Locked>>
}
const locked = Object.entries(packages).filter(([path]) => path !== "")

/** Whether it is ever installed where this is developed and run. */
const isOfUse = ({ cpu = ["x64"], os = ["linux"] }: Locked): boolean =>
  os.some((one) => ["linux", "darwin"].includes(one)) && cpu.some((one) => ["x64", "arm64"].includes(one))

describe("the packages", () => {
  it("are pinned to one version each", () => {
    const wanted = { ...manifest.dependencies, ...manifest.devDependencies }
    for (const [name, version] of Object.entries(wanted)) {
      assert.match(version, /^\d+\.\d+\.\d+(-[\w.]+)?$/, name)
      assert.strictEqual(packages[`node_modules/${name}`]?.version, version, name)
    }
  })

  it("have their hash in the lock file", () => {
    for (const [path, { integrity, resolved }] of locked) {
      if (resolved !== undefined) assert.match(resolved, /^https:\/\/registry\.npmjs\.org\//, path)
      assert.match(integrity ?? "", /^sha512-/, path)
    }
  })

  it("run a script at installation only where that was decided", () => {
    const decided = Object.keys(manifest.allowScripts)
    for (const [path] of locked.filter(([, one]) => one.hasInstallScript === true && isOfUse(one))) {
      assert.include(decided, path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length))
    }
  })
})
