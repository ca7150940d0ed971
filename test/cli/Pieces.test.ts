import { assert, describe, it } from "@effect/vitest"
import { readableHelp } from "../../src/cli/HelpText.js"
import { table } from "../../src/cli/Table.js"
import { readable } from "../../src/cli/Timeline.js"
import { whyUnreachable } from "../../src/cli/Unreachable.js"

const plain = (text: string) => text.replace(/\u001b\[\d+m/g, "")

describe("a table", () => {
  const columns = [
    { name: "NAME", of: ({ name }: { name: string }) => name },
    { name: "N", of: ({ n }: { n: number | null }) => n }
  ]

  it("is as wide as its widest cells, and shows that nothing is there", () => {
    const items = [
      { name: "a", n: 1 },
      { name: "longer", n: null }
    ]
    assert.strictEqual(plain(table(columns, items)), "NAME    N\na       1\nlonger  -")
  })

  it("lets nothing from outside steer the terminal", () => {
    const drawn = table(columns, [{ name: "\u001b[2Jgone\n", n: 1 }])
    assert.include(drawn, "\\u001b[2Jgone\\u000a")
    assert.notInclude(drawn, "\u001b[2J")
  })
})

describe("the story of a session", () => {
  it("tells what happened when, with signature, secret and the receiver's answer", () => {
    const at = "2026-05-17T10:30:00.000Z"
    const told = plain(
      readable({
        session_ref: "vs_a",
        user_id: "ada",
        environment: "test",
        product: "verifyidentity",
        model: "hosted",
        reference: null,
        status: "pass",
        reason: null,
        provider_status: "PASS",
        sequence: 1,
        open: false,
        created_at: at,
        updated_at: at,
        expires_at: at,
        expired_at: null,
        decided_at: at,
        timeline: [
          { at, kind: "start", id: null, summary: "started, hosted", details: {} },
          {
            at,
            kind: "event",
            id: "ev_a",
            summary: "webhook PASS, applied",
            details: { signature_scheme: "body", secret: 2, copies: 3, why: null }
          },
          { at, kind: "verdict", id: "ev_a", summary: "pass", details: { sequence: 1, event: "ev_a" } },
          {
            at,
            kind: "action",
            id: "msg_a",
            summary: "verification.passed, dead",
            details: { attempts: 8, next_attempt_at: null }
          },
          {
            at,
            kind: "attempt",
            id: "msg_a",
            summary: "attempt 8 failed",
            details: { status: 500, answer: "not now" }
          }
        ]
      })
    )
    const lines = told.split("\n").map((line) => line.replace(/ {2,}/g, " | ").trim())
    assert.strictEqual(lines[0], "vs_a | pass")
    assert.deepStrictEqual(lines.slice(-5), [
      `${at} | start | started, hosted |`,
      `${at} | event | webhook PASS, applied | signed body, secret 2, copies 3, ev_a`,
      `${at} | verdict | pass | sequence 1, by ev_a`,
      `${at} | action | verification.passed, dead | attempts 8, msg_a`,
      `${at} | attempt | attempt 8 failed | answered 500, with not now`
    ])
  })
})

describe("help", () => {
  it("names the commands of the library's list without their options, and changes no other text", () => {
    const list = [
      "verifyhuman-dropin",
      "",
      "  - serve                   Runs it.",
      "",
      "  - events show [--json] <ID>  Shows one.",
      "",
      "EXIT CODES"
    ]
    assert.deepStrictEqual(readableHelp(list.join("\n")).split("\n"), [
      "verifyhuman-dropin",
      "",
      "  - serve        Runs it.",
      "  - events show  Shows one.",
      "",
      "EXIT CODES"
    ])
    const data = "  - a [b]    c"
    assert.strictEqual(readableHelp(data), data)
  })
})

describe("why nobody answers", () => {
  it.each<[string, unknown]>([
    ["nobody listens there", { cause: { cause: { code: "ECONNREFUSED" } } }],
    ["nobody knows that name", { code: "ENOTFOUND" }],
    ["ESOMETHING", { cause: { code: "ESOMETHING" } }],
    ["it does not answer", { _tag: "TimeoutException" }],
    ["the connection failed", new Error("with a secret")]
  ])("%s", (told, error) => assert.strictEqual(whyUnreachable(error), told))
})
