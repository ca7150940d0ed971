import { createHmac } from "node:crypto"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, beforeAll, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { builtBundle } from "../e2e/bundle.js"
import { scratchDirectory } from "../e2e/process.js"
import { ranToItsEnd } from "./commandLine.js"

beforeAll(() => Effect.runPromise(builtBundle), 180_000)

const secrets = ["whsec_c2VjcmV0LW9uZQ==", "whsec_second"] as const
const body = Buffer.from('{ "id": "event-1", "data": { "name": "Ada L\u00e4velace" } }')
const timestamp = String(Math.floor(Date.now() / 1000))

const signature = (key: string | Uint8Array, signed: string | Uint8Array = body) =>
  `sha256=${createHmac("sha256", key).update(signed).digest("hex")}`

const overTime = (key: string, time: string) => signature(key, Buffer.concat([Buffer.from(`${time}.`), body]))

interface Pasted {
  readonly signature?: ReadonlyArray<string>
  readonly time?: string
  readonly lines?: ReadonlyArray<string>
  readonly bytes?: Uint8Array
  readonly newline?: string
}

const pasted = ({ bytes = body, lines = [], newline = "\r\n", signature = [], time = timestamp }: Pasted) =>
  Buffer.concat([
    Buffer.from(
      [
        "POST /api/webhooks/verifyhuman HTTP/1.1",
        "Host: localhost",
        ...signature.map((value) => `X-VerifyHuman-Signature: ${value}`),
        `x-verifyhuman-timestamp: ${time}`,
        ...lines,
        "",
        ""
      ].join(newline)
    ),
    bytes
  ])

const examined = (delivery: Uint8Array, env: Readonly<Record<string, string>> = {}) =>
  Effect.gen(function* () {
    const cwd = yield* scratchDirectory
    writeFileSync(join(cwd, "delivery"), delivery)
    const surroundings = { cwd, env: { VERIFYHUMAN_WEBHOOK_SECRETS: secrets.join(","), ...env } }
    const ran = yield* ranToItsEnd(["doctor", "--delivery", "delivery", "--json"], surroundings)
    for (const hidden of [...secrets, "Ada", "event-1"]) assert.notInclude(ran.stdout + ran.stderr, hidden)
    return { ...ran, findings: ran.stdout === "" ? [] : JSON.parse(ran.stdout).findings }
  })

const [first, second] = secrets
const long = String(Number(timestamp) - 4000)

describe("doctor with a delivery that was pasted", () => {
  it.scopedLive.each<[told: string, delivery: Pasted, env?: Readonly<Record<string, string>>]>([
    ["secret 1 of 2 matches, with scheme body", { signature: [signature(first)] }],
    ["secret 2 of 2 matches, with scheme body", { signature: [signature(second)], newline: "\n" }],
    [
      "secret 2 of 2 matches, with scheme timestamp.body",
      { signature: [overTime(second, timestamp)] },
      { VERIFYHUMAN_SIGNATURE_SCHEME: "timestamp.body" }
    ],
    [
      "secret 1 of 2 matches, with scheme body, without the newline at the end of the file",
      { signature: [signature(first)], bytes: Buffer.concat([body, Buffer.from("\n")]) }
    ]
  ])("%s", ([told, delivery, env]) =>
    Effect.gen(function* () {
      const { code, findings, stderr } = yield* examined(pasted(delivery), env)
      assert.deepStrictEqual(findings, [{ check: "signature", result: "ok", message: told, advice: null }])
      assert.deepStrictEqual([code, stderr], [0, ""])
    })
  )

  it.scopedLive("says how old a signed timestamp is by now", () =>
    Effect.gen(function* () {
      const { code, findings } = yield* examined(pasted({ signature: [overTime(first, long)], time: long }))
      assert.strictEqual(code, 0)
      assert.match(findings[0].message, /scheme timestamp\.body; signed 40\d\d s ago, more than the 300 s/)
    })
  )

  it.scopedLive.each<[told: string, delivery: Pasted, env?: Readonly<Record<string, string>>]>([
    ["no configured secret matches in any form", { signature: [signature("another")] }],
    [
      "secret 1 without its whsec_ prefix, over the body as received, with scheme body, would match",
      { signature: [signature(first.slice(6))] }
    ],
    [
      "secret 1 base64-decoded, over the body as received, with scheme body, would match",
      { signature: [signature(Buffer.from(first.slice(6), "base64"))] }
    ],
    [
      "over the body parsed and written again",
      { signature: [signature(first, JSON.stringify(JSON.parse(body.toString())))] }
    ],
    ["the signature header is missing or not of the form", {}],
    ["the signature header is missing or not of the form", { signature: ["sha1=abc"] }],
    ["its header is there 2 times", { signature: [signature(first), signature(first)] }],
    [
      "secret 1 of 2 matches, with scheme body",
      { signature: [signature(first)] },
      { VERIFYHUMAN_SIGNATURE_SCHEME: "timestamp.body" }
    ],
    [
      `has ${body.length - 5} bytes, and its content-length says ${body.length}`,
      {
        signature: [signature(first)],
        lines: [`Content-Length: ${body.length}`],
        bytes: body.subarray(0, -5)
      }
    ]
  ])("fails: %s", ([told, delivery, env]) =>
    Effect.gen(function* () {
      const { code, findings, stderr } = yield* examined(pasted(delivery), env)
      assert.strictEqual(code, 1)
      assert.include(findings.map(({ message }: { message: string }) => message).join("\n"), told)
      for (const { result } of findings) assert.strictEqual(result, "failed")
      assert.match(stderr, /^Failed: \d\. Warnings: 0\.\n$/)
    })
  )

  it.scopedLive("takes it from stdin, or in parts", () =>
    Effect.gen(function* () {
      const cwd = yield* scratchDirectory
      const surroundings = { cwd, env: { VERIFYHUMAN_WEBHOOK_SECRETS: secrets.join(",") } }
      const given = pasted({ signature: [signature(second)] })
      const told = /^ok +signature +secret 2 of 2 matches, with scheme (body|timestamp\.body)\n$/
      const piped = yield* ranToItsEnd(["doctor", "--delivery", "-"], surroundings, given)
      assert.match(piped.stdout, told)
      writeFileSync(join(cwd, "body"), body)
      const parts = ["--signature", overTime(second, timestamp), "--timestamp", timestamp, "--body", "body"]
      const inParts = yield* ranToItsEnd(["doctor", ...parts], surroundings)
      assert.match(inParts.stdout, told)
      assert.deepStrictEqual([piped.code, inParts.code], [0, 0])
    })
  )

  it.scopedLive("says what is missing", () =>
    Effect.gen(function* () {
      const cwd = yield* scratchDirectory
      writeFileSync(join(cwd, "text"), "x-verifyhuman-signature: a")
      const env = { VERIFYHUMAN_WEBHOOK_SECRETS: secrets.join(",") }
      for (const [args, code, told] of [
        [["--delivery", "text"], 1, "has no empty line"],
        [["--delivery", "nothing"], 1, "nothing cannot be read"],
        [["--body", "text"], 2, "--signature and --body are needed together"],
        [["--delivery", "text", "--body", "text"], 2, "Give --delivery, or --signature and --body"]
      ] as const) {
        const ran = yield* ranToItsEnd(["doctor", ...args], { cwd, env })
        assert.deepStrictEqual([ran.code, ran.stdout], [code, ""])
        assert.include(ran.stderr, told)
      }
      const args = ["doctor", "--signature", "a", "--body", "text"]
      const without = yield* ranToItsEnd(args, { cwd, env: {} })
      assert.strictEqual(without.code, 1)
      assert.include(without.stderr, "VERIFYHUMAN_WEBHOOK_SECRETS is not set")
    })
  )
})
