import type { IncomingHttpHeaders } from "node:http"
import { assert, beforeAll, describe, it } from "@effect/vitest"
import { Deferred, Effect } from "effect"
import { judge } from "../../src/domain/Signature.js"
import { builtBundle } from "../e2e/bundle.js"
import { command, freePort, scratchDirectory } from "../e2e/process.js"
import { listening } from "../http/listening.js"
import { heldPort, ranToItsEnd, wrote } from "./commandLine.js"

beforeAll(() => Effect.runPromise(builtBundle), 180_000)

interface Received {
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** A backend of somebody else's, which waits for one webhook. */
const aBackend = Effect.gen(function* () {
  const received = yield* Deferred.make<Received>()
  const url = yield* listening((request, response) => {
    const chunks: Array<Buffer> = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      Deferred.unsafeDone(received, Effect.succeed({ headers: request.headers, body: Buffer.concat(chunks) }))
      response.writeHead(200).end()
    })
  })
  return { url: `${url}/hook`, received: Deferred.await(received) }
})

/** The sandbox alone, on a port of its own. */
const aSandbox = Effect.fnUntraced(function* (
  options: ReadonlyArray<string> = [],
  env: Record<string, string> = {},
  webhookUrl = "http://127.0.0.1:9/hook"
) {
  const port = yield* freePort
  const hook = ["--webhook-url", webhookUrl, "--webhook-secret", "whsec_of_mine"]
  const cwd = yield* scratchDirectory
  const running = yield* command(["sandbox", ...hook, "--port", String(port), ...options], { cwd, env })
  yield* wrote(running, "webhooks go to")
  return { ...running, port, url: `http://127.0.0.1:${port}` }
})

const post = (url: string, body: unknown, headers: Record<string, string> = {}) =>
  Effect.promise(async () => {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", connection: "close", ...headers },
      body: JSON.stringify(body)
    })
    // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the wire holds
    return { status: response.status, json: (await response.json().catch(() => null)) as any }
  })

const generate = (
  url: string,
  headers: Record<string, string> = { authorization: "Bearer vhk_test_sandbox" }
) => post(`${url}/hosted/generate`, { product: "verifyidentity" }, headers)

describe("the sandbox provider alone", () => {
  it.scopedLive.each([{ signal: "SIGTERM" as const }, { signal: "SIGINT" as const }])(
    "says what there is to know, makes sessions for its key, and ends well on $signal",
    ({ signal }) =>
      Effect.gen(function* () {
        const sandbox = yield* aSandbox()
        assert.deepStrictEqual(sandbox.stdout().split("\n"), [
          `The sandbox provider, which verifies nobody, answers at http://localhost:${sandbox.port}`,
          "API key vhk_test_sandbox, client key pk_demo_sandbox",
          "Its signed webhooks go to http://127.0.0.1:9/hook",
          ""
        ])
        const { json, status } = yield* generate(sandbox.url)
        assert.strictEqual(status, 201)
        assert.strictEqual(json.hosted_url, `http://localhost:${sandbox.port}/hosted/v/${json.token}`)
        assert.strictEqual((yield* generate(sandbox.url, { authorization: "Bearer another" })).status, 401)
        assert.deepStrictEqual(yield* sandbox.stop(signal), { code: 0, signal: null })
        assert.notInclude(sandbox.stdout() + sandbox.stderr(), "whsec_of_mine")
      })
  )

  it.scopedLive("sends the verdict where it was told, signed with what it was told", () =>
    Effect.gen(function* () {
      const backend = yield* aBackend
      const sandbox = yield* aSandbox([], {}, backend.url)
      const { token } = (yield* generate(sandbox.url)).json
      yield* post(`${sandbox.url}/hosted/complete/${token}`, { outcome: "pass" })
      const { body, headers } = yield* Effect.timeout(backend.received, "20 seconds")
      const delivery = {
        body,
        signature: String(headers["x-verifyhuman-signature"]),
        timestamp: headers["x-verifyhuman-timestamp"]?.toString()
      }
      assert.strictEqual(
        judge(delivery, ["whsec_of_mine"], "either", Math.floor(Date.now() / 1000))._tag,
        "Verified"
      )
      assert.include(body.toString(), token)
    })
  )

  it.scopedLive("leads phones to --public-url", () =>
    Effect.gen(function* () {
      const sandbox = yield* aSandbox(["--public-url", "http://192.168.1.5:3001/"])
      assert.include(sandbox.stdout(), "answers at http://192.168.1.5:3001\n")
      const { hosted_url } = (yield* generate(sandbox.url)).json
      assert.isTrue(hosted_url.startsWith("http://192.168.1.5:3001/hosted/v/"), hosted_url)
    })
  )

  it.scopedLive("misbehaves by --behaviour, else by SANDBOX_BEHAVIOUR", () =>
    Effect.gen(function* () {
      const bySetting = yield* aSandbox([], { SANDBOX_BEHAVIOUR: "402" })
      assert.strictEqual((yield* generate(bySetting.url)).status, 402)
      const byOption = yield* aSandbox(["--behaviour", "500"], { SANDBOX_BEHAVIOUR: "402" })
      assert.strictEqual((yield* generate(byOption.url)).status, 500)
      const byNone = yield* aSandbox([], { SANDBOX_BEHAVIOUR: "" })
      assert.strictEqual((yield* generate(byNone.url)).status, 201)
    })
  )

  it.scopedLive("says in one line that its port is in use", () =>
    Effect.gen(function* () {
      const cwd = yield* scratchDirectory
      const port = yield* heldPort
      const hook = ["--webhook-url", "http://127.0.0.1:9/hook", "--webhook-secret", "s"]
      assert.deepStrictEqual(
        yield* ranToItsEnd(["sandbox", ...hook, "--port", String(port)], { cwd, env: {} }),
        {
          code: 1,
          stdout: "",
          stderr: `--port: port ${port} on 127.0.0.1 is in use by another program\n`
        }
      )
    })
  )
})
