import { execFileSync } from "node:child_process"
import { assert, beforeAll, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { builtBundle } from "../e2e/bundle.js"
import { freePort } from "../e2e/process.js"
import { listening } from "../http/listening.js"
import { aPlace, aSandbox, hidden, manyProcesses, secrets } from "./sandboxService.js"

beforeAll(() => Effect.runPromise(builtBundle), 180_000)

describe("trigger", () => {
  it.scopedLive(
    "delivers what the service takes for VerifyHuman's",
    () =>
      Effect.gen(function* () {
        const { failure, json, run, start, url } = yield* aSandbox()
        const newest = Effect.map(json(["events", "list", "--limit", "1"]), ({ items }) => items[0])
        const triggered = Effect.fnUntraced(function* (...options: ReadonlyArray<string>) {
          const ran = yield* run(["trigger", ...options])
          assert.deepStrictEqual([ran.code, ran.stderr], [0, ""])
          assert.strictEqual(ran.stdout, '200 {"received":true}\n')
          return yield* newest
        })

        const ada = yield* start("ada")
        const time = "2026-05-17T10:30:00Z"
        const options = ["--status", "PENDING", "--id", "one", "--time", time, "--secret", secrets[1]]
        assert.deepInclude(yield* triggered("--token-ref", ada.token, ...options), {
          event_id: "one",
          provider_status: "PENDING",
          provider_time: time,
          signature_scheme: "body",
          secret: 2,
          session_ref: ada.sessionRef
        })
        assert.deepInclude(
          yield* triggered("--session-ref", ada.sessionRef, "--shape", "flat", "--scheme", "timestamp.body"),
          { event_id: null, state: "applied", signature_scheme: "timestamp.body", secret: 1 }
        )
        assert.deepInclude(yield* triggered("--status", "FAIL"), { state: "unmatched", outcome: "declined" })
        assert.deepInclude(yield* triggered("--type", "test.ping"), { why: "ping", provider_status: null })
        assert.deepInclude(yield* triggered("--type", "verification.created"), { state: "ignored" })
        assert.deepInclude(yield* triggered("--url", url, "--environment", "live"), {
          why: "wrong_environment"
        })
        const thrice = yield* json(["trigger", "--id", "three", "--repeat", "3", "--json"])
        assert.deepStrictEqual(thrice, {
          answers: Array.from({ length: 3 }, () => ({ status: 200, body: { received: true } }))
        })
        assert.deepInclude(yield* newest, { event_id: "three", copies: 3 })

        const told = yield* failure(["trigger", "--wrong-secret"])
        assert.include(told, "1 of 1 were not accepted")
        const old = yield* run(["trigger", "--age", "400", "--scheme", "timestamp.body", "--id", "old"])
        assert.strictEqual(old.code, 1)
        assert.match(old.stdout, /^401 /)
        assert.deepInclude(yield* newest, { event_id: "old", state: "ignored", why: "stale" })
      }),
    manyProcesses
  )

  it.scopedLive("signs as the service's settings say", () =>
    Effect.gen(function* () {
      const { json } = yield* aSandbox({ VERIFYHUMAN_SIGNATURE_SCHEME: "timestamp.body" })
      const scheme = { VERIFYHUMAN_SIGNATURE_SCHEME: "timestamp.body" }
      const { answers } = yield* json(["trigger", "--json"], scheme)
      assert.deepStrictEqual(
        answers.map(({ status }: { status: number }) => status),
        [200]
      )
    })
  )

  it.scopedLive("prints a curl command that does the same, and sends nothing", () =>
    Effect.gen(function* () {
      const { run } = yield* aPlace
      const received: Array<{ readonly headers: unknown; readonly body: string }> = []
      const url = yield* listening((request, response) => {
        const chunks: Array<Buffer> = []
        request.on("data", (chunk: Buffer) => chunks.push(chunk))
        request.on("end", () => {
          received.push({ headers: request.headers, body: Buffer.concat(chunks).toString("utf8") })
          response.writeHead(200).end("{}")
        })
      })
      const options = ["--url", `${url}/hook`, "--status", "it's $HOME", "--id", "one"]
      const printed = yield* run(["trigger", "--print", ...options])
      assert.deepStrictEqual([printed.code, printed.stderr], [0, ""])
      assert.lengthOf(received, 0)
      for (const secret of hidden) assert.notInclude(printed.stdout, secret)

      const asJson = yield* run(["trigger", "--print", "--json", ...options])
      const { body, headers } = JSON.parse(asJson.stdout)
      assert.deepInclude(JSON.parse(body), { id: "one", type: "verification.completed" })
      assert.strictEqual(JSON.parse(body).data.status, "it's $HOME")
      assert.match(headers["x-verifyhuman-signature"], /^sha256=[0-9a-f]{64}$/)
      assert.include(printed.stdout, "--data-binary '{")

      const shown = execFileSync("sh", ["-c", printed.stdout.replace(/^curl/, "printf '%s\\n'")], {
        encoding: "utf8"
      })
      assert.include(shown, '"status":"it\'s $HOME"')
    })
  )

  it.scopedLive("fails where nobody answers, and where there is nothing to sign with", () =>
    Effect.gen(function* () {
      const { failure, run } = yield* aPlace
      const url = `http://127.0.0.1:${yield* freePort}`
      assert.include(
        yield* failure(["trigger", "--url", url]),
        `No answer from ${url}/api/webhooks/verifyhuman`
      )
      assert.include(
        yield* failure(["trigger"], { VERIFYHUMAN_WEBHOOK_SECRETS: "" }),
        "Nothing to sign with: give --secret"
      )
      for (const [option, value, told] of [
        ["--scheme", "sha1", "body, timestamp.body"],
        ["--shape", "round", "nested, flat"],
        ["--environment", "sandbox", "test, live"],
        ["--repeat", "0", "--repeat: expected a whole number"],
        ["--age", "1.5", "--age: expected a whole number"],
        ["--secret", " ", "--secret: expected a secret"],
        ["--url", "localhost", "--url: expected an http:// or https:// address"]
      ] as const) {
        const wrong = yield* run(["trigger", option, value])
        assert.deepStrictEqual([wrong.code, wrong.stdout], [2, ""], `${option} ${value}`)
        assert.include(wrong.stderr, told)
      }
    })
  )
})
