import { createHash } from "node:crypto"
import { assert, describe, layer as sharing } from "@effect/vitest"
import { Effect } from "effect"
import { adminToken, ask, baseUrl, readToken } from "../http/harness.js"
import { aDeadAction, delivered, everything } from "../http/operators.js"
import { aStartedSession, assertProblem } from "../http/requests.js"
import { serving, signedIn } from "./serving.js"

const post = (path: string, headers: Record<string, string>, body?: unknown) =>
  ask(path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) })
  })

describe("what changes something, asked for with the console's cookie", () => {
  sharing(serving(), { excludeTestServices: true })((it) => {
    it.effect("is refused unless our own page asks, and changes nothing", () =>
      Effect.gen(function* () {
        const cookie = yield* signedIn(adminToken)
        const { action } = yield* aDeadAction
        const event = yield* delivered({})
        const before = yield* Effect.all([everything("events"), everything("actions"), everything("audit")])
        for (const path of [
          `events/${event.id}/link`,
          `events/${event.id}/replay`,
          `actions/${action.id}/redrive`,
          "events/ev_none/link"
        ]) {
          for (const headers of [
            {},
            { "x-console": "0" },
            { "x-console": "" },
            { "x-console": "1", origin: "https://evil.example" },
            { "x-console": "1", origin: "null" },
            { "x-console": "1", origin: "http://127.0.0.1:1" },
            { origin: yield* baseUrl }
          ]) {
            const answer = yield* post(`/api/admin/${path}`, { cookie, ...headers }, { session_ref: "vs_x" })
            assertProblem(answer, 403, "cross_site_request")
          }
        }
        const erasing = yield* ask("/api/admin/users/ada", { method: "DELETE", headers: { cookie } })
        assertProblem(erasing, 403, "cross_site_request")
        assert.deepStrictEqual(
          yield* Effect.all([everything("events"), everything("actions"), everything("audit")]),
          before
        )
      })
    )

    it.effect("is done for our own page, and audited under the token's name", () =>
      Effect.gen(function* () {
        const cookie = yield* signedIn(adminToken)
        const ours = { cookie, "x-console": "1", origin: yield* baseUrl }
        const { sessionRef } = yield* aStartedSession
        const event = yield* delivered({})
        const body = { session_ref: sessionRef }
        const linked = yield* post(`/api/admin/events/${event.id}/link`, ours, body)
        assert.strictEqual(linked.status, 200, linked.text)
        const { action } = yield* aDeadAction
        const redriven = yield* post(`/api/admin/actions/${action.id}/redrive`, {
          authorization: `Bearer ${adminToken}`
        })
        assert.strictEqual(redriven.status, 200, redriven.text)
        const actors = (yield* everything("audit")).map(({ actor }) => actor)
        assert.strictEqual(actors.length, 2)
        const fingerprint = createHash("sha256").update(adminToken).digest("hex").slice(0, 8)
        assert.deepStrictEqual([...new Set(actors)], [`token ${fingerprint}`])
      })
    )

    it.effect("is refused to a read token, whoever asks", () =>
      Effect.gen(function* () {
        const cookie = yield* signedIn(readToken)
        const event = yield* delivered({})
        const path = `/api/admin/events/${event.id}/replay`
        assertProblem(yield* post(path, { cookie, "x-console": "1" }), 403, "forbidden")
        assertProblem(yield* post(path, { cookie }), 403, "cross_site_request")
      })
    )

    it.effect("needs neither header with a Bearer token", () =>
      Effect.gen(function* () {
        const { action } = yield* aDeadAction
        const headers = { authorization: `Bearer ${adminToken}`, origin: "https://elsewhere.example" }
        const answer = yield* post(`/api/admin/actions/${action.id}/redrive`, headers)
        assert.strictEqual(answer.status, 200, answer.text)
      })
    )
  })
})
