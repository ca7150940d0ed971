import { assert, describe, layer as sharing } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { chromiumPath, RunningBrowser } from "../demo/browser.js"
import { ask, baseUrl, service } from "./harness.js"

if (chromiumPath === null) console.warn("test/http/Docs.test.ts: there is no chromium in the PATH")

describe("the page that shows the API", () => {
  sharing(service(), { excludeTestServices: true })((it) => {
    it.effect("allows what it brings along, and nothing else", () =>
      Effect.gen(function* () {
        const { headers } = yield* ask("/docs")
        const policy = headers.get("content-security-policy") ?? ""
        assert.match(
          policy,
          /^default-src 'none'; script-src 'sha256-[\w+/]{43}='; style-src 'sha256-[\w+/]{43}='( 'sha256-[\w+/]{43}=')*; img-src data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'$/
        )
        assert.strictEqual((yield* ask("/docs")).headers.get("content-security-policy"), policy)
        assert.strictEqual(headers.get("x-content-type-options"), "nosniff")
      })
    )
  })
})

describe.skipIf(chromiumPath === null)("the page that shows the API, in Chromium", () => {
  sharing(Layer.merge(service(), RunningBrowser.layer), { excludeTestServices: true })((it) => {
    it.scoped("shows it, asks nobody else, and breaks no policy", () =>
      Effect.gen(function* () {
        const origin = yield* baseUrl
        const browser = yield* RunningBrowser
        const page = yield* Effect.acquireRelease(
          Effect.promise(() => browser.newPage()),
          (page) => Effect.promise(() => page.close())
        )
        const complaints: Array<string> = []
        const requests: Array<string> = []
        page.on("pageerror", (error) => complaints.push(error.message))
        page.on("console", (message) => {
          if (message.type() === "error") complaints.push(message.text())
        })
        page.on("request", (request) => requests.push(request.url()))
        yield* Effect.promise(async () => {
          await page.goto(`${origin}/docs`)
          await page.getByRole("heading", { name: "verifyhuman-dropin" }).waitFor()
          await page.getByText("/health/live", { exact: true }).click()
          await page.getByRole("button", { name: "Try it out" }).click()
          await page.getByRole("button", { name: "Execute" }).click()
          await page.getByText('"status": "live"').first().waitFor()
        })
        assert.deepStrictEqual(complaints, [])
        for (const url of requests) assert.match(url, new RegExp(`^(${origin}/|data:)`))
        assert.include(requests, `${origin}/health/live`)
      })
    )
  })
})
