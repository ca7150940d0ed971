import { assert, describe, layer as sharing } from "@effect/vitest"
import { Effect } from "effect"
import { consoleMethods } from "../../src/console/Console.js"
import { adminToken, ask } from "../http/harness.js"
import { assertProblem } from "../http/requests.js"
import { serving, signedIn } from "./serving.js"

const assetsIn = (html: string) =>
  [...html.matchAll(/(?:src|href)="(\/console\/[^"]+)"/g)].map(([, path = ""]) => path)

describe("the console's page", () => {
  sharing(serving(), { excludeTestServices: true })((it) => {
    it.effect("allows what it brings along, and nothing else", () =>
      Effect.gen(function* () {
        const { headers, status, text } = yield* ask("/console")
        assert.strictEqual(status, 200)
        assert.strictEqual(headers.get("content-type"), "text/html; charset=utf-8")
        assert.strictEqual(headers.get("cache-control"), "no-store")
        assert.strictEqual(
          headers.get("content-security-policy"),
          "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
            "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
        )
        assert.strictEqual(headers.get("x-frame-options"), "DENY")
        assert.strictEqual(headers.get("x-content-type-options"), "nosniff")
        assert.notMatch(text, /\son\w+="|\sstyle="|<style|<script>|="(?:https?:)?\/\//)
        assert.strictEqual((yield* ask("/console", { method: "HEAD" })).status, 200)
      })
    )

    it.effect("loads what its addresses name, which is kept for ever", () =>
      Effect.gen(function* () {
        const { text } = yield* ask("/console")
        const [style = "", script = ""] = assetsIn(text)
        assert.match(style, /^\/console\/console-[0-9a-f]{16}\.css$/)
        assert.match(script, /^\/console\/console-[0-9a-f]{16}\.js$/)
        for (const [path, type] of [
          [style, "text/css; charset=utf-8"],
          [script, "text/javascript; charset=utf-8"]
        ] as const) {
          const asset = yield* ask(path)
          assert.strictEqual(asset.status, 200)
          assert.strictEqual(asset.headers.get("content-type"), type)
          assert.strictEqual(asset.headers.get("cache-control"), "public, max-age=31536000, immutable")
          assert.notMatch(asset.text, /localStorage|sessionStorage|sourceMappingURL/)
          assert.isBelow(Buffer.byteLength(asset.text), 160_000)
        }
        assertProblem(yield* ask("/console/console-0000000000000000.js"), 404, "not_found")
      })
    )

    it.effect("knows whether its browser is signed in", () =>
      Effect.gen(function* () {
        assert.include((yield* ask("/console")).text, 'data-signed-in="false"')
        const cookie = yield* signedIn(adminToken)
        const { text } = yield* ask("/console", { headers: { cookie } })
        assert.include(text, 'data-signed-in="true"')
        assert.notInclude(text, adminToken)
      })
    )

    it.effect("answers other methods with 405 and Allow", () =>
      Effect.gen(function* () {
        for (const [path, methods] of Object.entries(consoleMethods)) {
          const answer = yield* ask(path, { method: "DELETE" })
          assertProblem(answer, 405, "method_not_allowed")
          assert.strictEqual(answer.headers.get("allow"), methods.join(", "))
        }
        assertProblem(yield* ask("/console/"), 404, "not_found")
      })
    )
  })

  sharing(serving({ operators: { tokens: [], readTokens: [] } }), { excludeTestServices: true })((it) => {
    it.effect("is not there without tokens", () =>
      Effect.gen(function* () {
        for (const [path, methods] of Object.entries(consoleMethods)) {
          for (const method of methods.filter((method) => method !== "HEAD")) {
            assertProblem(yield* ask(path, { method }), 404, "not_found")
          }
        }
      })
    )
  })
})
