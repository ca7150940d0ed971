import { readdirSync, readFileSync, statSync } from "node:fs"
import { posix } from "node:path"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import ts from "typescript"

interface Room {
  /** The rooms that it may import; itself goes without saying. */
  readonly rooms: ReadonlyArray<string>
  /** The packages that it may import; where none are named, any. */
  readonly packages?: ReadonlyArray<string>
}

/**
 * A room is a directory of `src`, or a file beside them; what runs in the operator's browser is one of its own. What is
 * not in this table does not exist.
 */
const house: Readonly<Record<string, Room>> = {
  domain: { rooms: [], packages: ["effect", "node:crypto", "node:net"] },
  telemetry: { rooms: [] },
  time: { rooms: [], packages: ["effect"] },
  verifyhuman: { rooms: ["domain", "telemetry", "time"] },
  sessions: { rooms: ["domain", "telemetry", "time", "verifyhuman"], packages: ["effect", "node:crypto"] },
  webhooks: { rooms: ["domain", "sessions", "telemetry"], packages: ["effect", "node:crypto"] },
  background: { rooms: ["domain", "sessions"], packages: ["effect"] },
  polling: { rooms: ["background", "domain", "sessions", "verifyhuman", "webhooks"], packages: ["effect"] },
  actions: {
    rooms: ["background", "domain", "sessions", "telemetry"],
    packages: ["effect", "@effect/platform", "@effect/platform-node", "node:crypto", "node:dns", "node:net"]
  },
  operators: {
    rooms: ["actions", "domain", "polling", "sessions", "telemetry", "webhooks"],
    packages: ["effect", "node:perf_hooks"]
  },
  settings: { rooms: ["domain"] },
  storage: {
    rooms: [
      "actions",
      "background",
      "domain",
      "operators",
      "polling",
      "sessions",
      "telemetry",
      "time",
      "webhooks"
    ]
  },
  http: { rooms: ["actions", "domain", "operators", "polling", "sessions", "telemetry", "time", "webhooks"] },
  sandbox: { rooms: ["domain", "verifyhuman"] },
  demo: { rooms: ["http"] },
  console: { rooms: ["console/app", "http"] },
  "console/app": { rooms: ["http"], packages: ["preact", "uplot"] },
  cli: {
    rooms: [
      "domain",
      "http",
      "sandbox",
      "settings",
      "storage",
      "telemetry",
      "verifyhuman",
      "webhooks",
      "Service.ts",
      "../package.json"
    ]
  },
  "Policies.ts": { rooms: ["domain", "http", "sessions", "settings", "webhooks"] },
  "Service.ts": {
    rooms: [
      "actions",
      "background",
      "operators",
      "polling",
      "console",
      "demo",
      "domain",
      "http",
      "sandbox",
      "sessions",
      "settings",
      "storage",
      "telemetry",
      "verifyhuman",
      "webhooks",
      "Policies.ts"
    ]
  },
  "bin.ts": { rooms: [], packages: ["node:fs", "node:module", "node:url", "node:vm"] },
  "client.ts": { rooms: ["http"] },
  "index.ts": {
    rooms: [
      "actions",
      "background",
      "console",
      "operators",
      "polling",
      "domain",
      "http",
      "sandbox",
      "sessions",
      "settings",
      "storage",
      "telemetry",
      "verifyhuman",
      "webhooks",
      "Service.ts"
    ]
  },
  "main.ts": { rooms: ["cli"] },
  "html.d.ts": { rooms: [] }
}

/** Files over the limit, each with its reason. */
const lineLimit = 250
const longFiles: Readonly<Record<string, string>> = {
  "settings/Settings.ts": "every variable with its default and its check, in one place"
}

const src = fileURLToPath(new URL("../src/", import.meta.url))

const files = readdirSync(src, { recursive: true, encoding: "utf8" })
  .filter((path) => statSync(`${src}${path}`).isFile())
  .sort()

const roomOf = (path: string): string => {
  if (path.startsWith("../")) return path
  if (path.startsWith("console/app/")) return "console/app"
  return path.split("/")[0] ?? path
}

const importsOf = (text: string): ReadonlyArray<string> =>
  ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName)

const packageOf = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/")

/** What of a file's imports the table does not allow. */
const trespasses = (file: string, text: string): ReadonlyArray<string> => {
  const room = house[roomOf(file)] ?? { rooms: [], packages: [] }
  return importsOf(text).filter((specifier) => {
    if (!specifier.startsWith(".")) return room.packages?.includes(packageOf(specifier)) === false
    const target = roomOf(posix.join(posix.dirname(file), specifier).replace(/\.js$/, ".ts"))
    return target !== roomOf(file) && !room.rooms.includes(target)
  })
}

const read = (file: string) => readFileSync(`${src}${file}`, "utf8")
const sources = files.filter((file) => /\.tsx?$/.test(file))
const ofTheBrowser = sources.filter((file) => roomOf(file) === "console/app")

/** The imports of a file that are there when it runs. */
const importsAtRun = (file: string, text: string): ReadonlyArray<string> => {
  const kind = file.endsWith("x") ? ts.ScriptKind.TSX : ts.ScriptKind.TS
  return ts
    .createSourceFile(file, text, ts.ScriptTarget.Latest, false, kind)
    .statements.filter(ts.isImportDeclaration)
    .filter(({ importClause }) => importClause?.isTypeOnly !== true)
    .map(({ moduleSpecifier }) => (ts.isStringLiteral(moduleSpecifier) ? moduleSpecifier.text : ""))
}

const leavesItsRoom = (file: string) => (specifier: string) =>
  specifier.startsWith(".") && roomOf(posix.join(posix.dirname(file), specifier)) !== roomOf(file)

describe("the house", () => {
  it("has no room but those of the table, and all of them", () => {
    assert.sameMembers([...new Set(files.map(roomOf))], Object.keys(house))
  })

  it.each(sources.map((file) => [file]))("src/%s imports what its room may", (file) => {
    assert.deepStrictEqual(trespasses(file, read(file)), [])
  })

  it("has no way round in a circle", () => {
    const reach = (room: string, path: ReadonlyArray<string>): ReadonlyArray<string> => {
      if (path.includes(room)) return [[...path, room].join(" → ")]
      return (house[room]?.rooms ?? []).flatMap((next) => reach(next, [...path, room]))
    }
    assert.deepStrictEqual(
      Object.keys(house).flatMap((room) => reach(room, [])),
      []
    )
  })

  it("gives the browser nothing of the service but types", () => {
    assert.deepStrictEqual(
      ofTheBrowser.flatMap((file) => importsAtRun(file, read(file)).filter(leavesItsRoom(file))),
      []
    )
  })

  it("takes nothing of what runs in the browser but its bundled text", () => {
    const taken = sources
      .filter((file) => roomOf(file) === "console")
      .flatMap((file) => importsOf(read(file)))
      .filter((specifier) => specifier.includes("/app/"))
    assert.sameMembers(taken, ["./app/main.css?bundle", "./app/main.tsx?bundle"])
  })

  it("keeps its files short", () => {
    const long = sources.filter((file) => read(file).trimEnd().split("\n").length > lineLimit)
    assert.sameMembers(long, Object.keys(longFiles))
  })
})

describe("the check of the house", () => {
  it.each<[string, string, string]>([
    ["an import", "domain/A.ts", 'import { b } from "../http/B.js"'],
    ["an import of a type", "domain/A.ts", 'import type { B } from "../sessions/B.js"'],
    ["an import for its effect", "domain/A.ts", 'import "../webhooks/B.js"'],
    ["an export", "domain/A.ts", 'export * from "../storage/B.js"'],
    ["an export of a type", "domain/A.ts", 'export type { B } from "../settings/B.js"'],
    ["a late import", "domain/A.ts", 'export const b = () => import("../http/B.js")'],
    ["the type of an import", "domain/A.ts", 'export type B = import("../http/B.js").B'],
    ["a way round", "domain/A.ts", 'import { b } from "./../domain/../http/B.js"'],
    ["a deeper file", "storage/migrations/A.ts", 'import { b } from "../../http/B.js"'],
    ["a platform package in domain", "domain/A.ts", 'import { HttpClient } from "@effect/platform"'],
    ["a platform package in sessions", "sessions/A.ts", 'import * as H from "@effect/platform/HttpClient"'],
    ["an SQL package in webhooks", "webhooks/A.ts", 'import { SqlClient } from "@effect/sql"'],
    ["another built-in module in domain", "domain/A.ts", 'import { readFileSync } from "node:fs"'],
    ["storage in http", "http/A.ts", 'import { b } from "../storage/B.js"'],
    ["http in storage", "storage/A.ts", 'import { b } from "../http/B.js"'],
    ["sessions in the sandbox", "sandbox/A.ts", 'import { b } from "../sessions/B.js"'],
    ["sessions in verifyhuman", "verifyhuman/A.ts", 'import { b } from "../sessions/B.js"'],
    ["webhooks in sessions", "sessions/A.ts", 'import { b } from "../webhooks/B.js"'],
    ["verifyhuman in webhooks", "webhooks/A.ts", 'import { b } from "../verifyhuman/B.js"'],
    ["main in a command", "cli/A.ts", 'import "../main.js"'],
    ["main in the library", "index.ts", 'export * from "./main.js"'],
    [
      "what is outside of src",
      "http/A.ts",
      'import manifest from "../../package.json" with { type: "json" }'
    ],
    ["the service in the browser's part", "console/app/A.tsx", 'import { b } from "../../sessions/B.js"'],
    [
      "a package of the service in the browser's part",
      "console/app/A.tsx",
      'import { Effect } from "effect"'
    ],
    ["the browser's part in another room", "demo/A.ts", 'import { b } from "../console/app/B.js"'],
    ["anything in a new room", "attic/A.ts", 'import { b } from "../domain/B.js"']
  ])("finds %s", (_, file, text) => assert.lengthOf(trespasses(file, text), 1))

  it.each<[string, string]>([
    ["domain/A.ts", 'import { Schema } from "effect"\nimport * as E from "effect/Either"'],
    ["domain/A.ts", 'import { b } from "./B.js"'],
    ["storage/migrations/A.ts", 'import { b } from "../B.js"\nimport { c } from "../../domain/C.js"'],
    ["webhooks/A.ts", 'import { b } from "../sessions/B.js"'],
    ["http/A.ts", 'import { b } from "../domain/B.js"\nimport { HttpApi } from "@effect/platform"'],
    ["cli/A.ts", 'import manifest from "../../package.json" with { type: "json" }'],
    ["domain/A.ts", '// import { b } from "../http/B.js"']
  ])("lets %s have %j", (file, text) => assert.deepStrictEqual(trespasses(file, text), []))
})
