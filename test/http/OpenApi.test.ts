import { execFile } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { assert, describe, expect, layer as sharing } from "@effect/vitest"
import { Effect } from "effect"
import { aBody } from "../suites/fixtures.js"
import { type Answer, ask, aUser, deliver, post, service, start, status } from "./harness.js"
import { aStartedSession, asService } from "./requests.js"

const project = resolve(import.meta.dirname, "../..")

const lint = (description: string) =>
  Effect.acquireUseRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "verifyhuman-dropin-"))),
    (directory) =>
      Effect.async<{ totals: Record<string, number>; problems: ReadonlyArray<unknown> }>((resume) => {
        const file = join(directory, "openapi.json")
        writeFileSync(file, description)
        const redocly = join(project, "node_modules/@redocly/cli/bin/cli.js")
        execFile(
          process.execPath,
          [redocly, "lint", "--extends", "recommended", "--format", "json", file],
          {
            cwd: directory,
            env: { REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" }
          },
          (_error, stdout) => resume(Effect.sync(() => JSON.parse(stdout)))
        )
      }),
    (directory) => Effect.sync(() => rmSync(directory, { recursive: true }))
  )

interface Described {
  readonly description: string
  readonly headers: Record<string, unknown>
  readonly content?: Record<string, unknown>
}
interface Description {
  readonly paths: Record<string, Record<string, { readonly responses: Record<string, Described> }>>
}

/** What every answer has that no description needs to tell. */
const unsaid =
  /^(cache-control|connection|content-\w+(-\w+)*|cross-origin-resource-policy|date|keep-alive|referrer-policy|transfer-encoding|vary|x-accel-buffering|x-content-type-options|x-frame-options)$/

describe("the description", () => {
  sharing(service(), { excludeTestServices: true })((it) => {
    const description = Effect.map(ask("/openapi.json"), ({ text }) => text)

    it.effect("is the one that was agreed on (npm run openapi, if it is to change)", () =>
      Effect.gen(function* () {
        const text = `${JSON.stringify(JSON.parse(yield* description), null, 2)}\n`
        yield* Effect.promise(() => expect(text).toMatchFileSnapshot("../openapi.json"))
      })
    )

    it.effect("has nothing that a linter finds", () =>
      Effect.gen(function* () {
        const { problems, totals } = yield* lint(yield* description)
        assert.deepStrictEqual(problems, [])
        assert.deepInclude(totals, { errors: 0, warnings: 0 })
        const broken = yield* lint(
          (yield* description).replace('"#/components/schemas/Problem"', '"#/nowhere"')
        )
        assert.strictEqual(broken.totals.errors, 1)
      })
    )

    it.effect("tells the truth: no status, header or content type that it has not", () =>
      Effect.gen(function* () {
        const { paths } = JSON.parse(yield* description) as Description
        const told = (method: string, path: string, answer: Answer, code: number) => {
          const responses = paths[path]?.[method]?.responses ?? {}
          const where = `${method} ${path} ${code}`
          assert.strictEqual(answer.status, code, where)
          const response = responses[code]
          assert.isDefined(response, where)
          const names = Object.keys(response?.headers ?? {}).map((name) => name.toLowerCase())
          for (const name of answer.headers.keys()) if (!unsaid.test(name)) assert.include(names, name, where)
          const type = answer.headers.get("content-type")?.split(";")[0]
          assert.strictEqual(type, Object.keys(response?.content ?? {})[0], where)
        }
        const { sessionRef, started, token, user } = yield* aStartedSession
        const [startPath, statusPath, webhookPath] = [
          "/api/start-verification",
          "/api/verify-status",
          "/api/webhooks/verifyhuman"
        ] as const
        told("post", startPath, started, 201)
        told("post", startPath, yield* start(user), 200)
        told("post", startPath, yield* start(user, { product: 1 }), 400)
        told("post", startPath, yield* start(user, { product: "verifyhuman" }), 400)
        told("post", startPath, yield* start(asService("")), 400)
        told("post", startPath, yield* start({}), 401)
        told("post", startPath, yield* start(user, "x".repeat(20_000)), 413)
        told("post", startPath, yield* post(startPath, { ...user, "content-type": "text/plain" }, "{}"), 415)
        const keyed = { ...(yield* aUser()), "idempotency-key": "a" }
        yield* start(keyed)
        told("post", startPath, yield* start(keyed, { restart: true }), 422)
        for (let i = 0; i < 4; i++) yield* start(user, { restart: true })
        told("post", startPath, yield* start(user, { restart: true }), 429)

        const pending = yield* status({ ...user, prefer: "wait=0" }, sessionRef)
        told("get", statusPath, pending, 200)
        const known = { "if-none-match": pending.headers.get("etag") ?? "" }
        told("get", statusPath, yield* status({ ...user, ...known, prefer: "wait=0" }, sessionRef), 304)
        told("get", statusPath, yield* ask(statusPath, { headers: user }), 400)
        told("get", statusPath, yield* status({}, sessionRef), 401)
        told("get", statusPath, yield* status(user, "vs_x"), 404)

        const body = aBody({ token })
        told("post", webhookPath, yield* deliver(body), 200)
        told("post", webhookPath, yield* deliver(body, {}), 401)
        told("post", webhookPath, yield* deliver(Buffer.alloc(70_000)), 413)
        const stream = yield* ask(`${statusPath}/stream?session_ref=${sessionRef}`, { headers: user })
        told("get", `${statusPath}/stream`, stream, 200)
        told("get", "/api/verifications", yield* ask("/api/verifications", { headers: user }), 200)
        told("get", "/api/verifications", yield* ask("/api/verifications?limit=0", { headers: user }), 400)
        told("get", "/health/live", yield* ask("/health/live"), 200)
        told("get", "/health/ready", yield* ask("/health/ready"), 200)
      })
    )
  })
})
