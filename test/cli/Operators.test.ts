import { assert, beforeAll, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { builtBundle } from "../e2e/bundle.js"
import { freePort } from "../e2e/process.js"
import { adminToken, readToken } from "../http/harness.js"
import { listening } from "../http/listening.js"
import { unique } from "../suites/fixtures.js"
import { aPlace, aSandbox, hidden, manyProcesses, until } from "./sandboxService.js"

beforeAll(() => Effect.runPromise(builtBundle), 180_000)

const refs = (page: { items: ReadonlyArray<{ session_ref: string }> }) =>
  page.items.map(({ session_ref }) => session_ref)

const anAction = (id: string) => ({
  id,
  session_ref: "vs_a",
  type: "verification.passed",
  sequence: 1,
  state: "dead",
  attempts: 8,
  created_at: "2026-05-17T10:30:00.000Z",
  next_attempt_at: null,
  finished_at: "2026-05-17T10:30:00.000Z"
})

const aProblem = (code: string, status: number) => ({
  type: `urn:verifyhuman-dropin:problem:${code}`,
  title: "as the service calls it",
  status,
  code
})

describe("sessions", () => {
  it.scopedLive(
    "are listed by filter, shown, and erased",
    () =>
      Effect.gen(function* () {
        const { json, run, start } = yield* aSandbox()
        const ada = yield* start("ada")
        const bob = yield* start("bob")
        yield* run(["trigger", "--token-ref", ada.token, "--verification-id", "ver_of_ada"])

        const list = (...filter: ReadonlyArray<string>) => json(["sessions", "list", ...filter])
        assert.deepStrictEqual(refs(yield* list()), [bob.sessionRef, ada.sessionRef])
        for (const [filter, found] of [
          [["--status", "pass"], [ada]],
          [["--status", "fail"], []],
          [["--reason", "awaiting_result"], [bob]],
          [["--product", "verifyidentity", "--user", "ada"], [ada]],
          [["--product", "verifyage"], []],
          [["--verification-id", "ver_of_ada"], [ada]],
          [
            ["--from", "2020-01-01T00:00:00Z"],
            [bob, ada]
          ],
          [["--to", "2020-01-01T00:00:00Z"], []]
        ] as const) {
          const page = yield* list(...filter)
          assert.deepStrictEqual(
            refs(page),
            found.map(({ sessionRef }) => sessionRef),
            filter.join(" ")
          )
          assert.isNull(page.next_cursor)
        }
        const first = yield* list("--limit", "1")
        assert.deepStrictEqual(refs(first), [bob.sessionRef])
        const rest = yield* list("--limit", "1", "--cursor", first.next_cursor)
        assert.deepStrictEqual(refs(rest), [ada.sessionRef])

        const story = yield* json(["sessions", "show", ada.sessionRef, "--json"])
        assert.deepInclude(story, { session_ref: ada.sessionRef, user_id: "ada", status: "pass" })
        const moments = story.timeline.map(({ kind }: { kind: string }) => kind)
        assert.deepStrictEqual(moments.slice(0, 5), ["start", "call", "event", "verdict", "action"])
        assert.deepInclude(story.timeline[2].details, { signature_scheme: "body", secret: 1 })

        const refused = yield* run(["sessions", "erase", "ada"])
        assert.deepStrictEqual([refused.code, refused.stdout], [2, ""])
        assert.include(refused.stderr, "add --yes")
        assert.deepStrictEqual(yield* json(["sessions", "erase", "ada", "--yes"]), { sessions: 1 })
        assert.deepStrictEqual(refs(yield* list("--all")), [bob.sessionRef])
      }),
    manyProcesses
  )
})

describe("events", () => {
  it.scopedLive(
    "are listed, shown, linked and replayed",
    () =>
      Effect.gen(function* () {
        const { failure, json, run, start } = yield* aSandbox()
        const { sessionRef } = yield* start("ada")
        const trigger = (...options: ReadonlyArray<string>) => run(["trigger", ...options])
        yield* trigger("--verification-id", "ver_lost", "--id", "event-1")
        yield* trigger("--type", "test.ping")
        yield* trigger("--environment", "live", "--product", "verifyage")
        yield* trigger("--wrong-secret")

        const list = (...filter: ReadonlyArray<string>) => json(["events", "list", ...filter])
        const whys = ({ items }: { items: ReadonlyArray<{ why: string }> }) => items.map(({ why }) => why)
        assert.deepStrictEqual(whys(yield* list()), ["wrong_environment", "ping", "no_match"])
        assert.deepStrictEqual(whys(yield* list("--product", "verifyage")), ["wrong_environment"])
        assert.deepStrictEqual(whys(yield* list("--environment", "live")), ["wrong_environment"])
        assert.deepStrictEqual(whys(yield* list("--to", "2020-01-01T00:00:00Z")), [])
        const { items } = yield* list("--state", "unmatched")
        assert.deepStrictEqual(whys({ items }), ["no_match"])
        const { id } = items[0]

        const shown = yield* json(["events", "show", id])
        assert.deepInclude(shown, { id, event_id: "event-1", state: "unmatched" })
        assert.deepStrictEqual(shown.carries, [{ name: "data.verification_id", value: "ver_lost" }])

        assert.include(yield* failure(["events", "show", "ev_none"]), "There is no such event")
        assert.include(yield* failure(["events", "show", "../overview?x"]), "There is no such event")
        assert.include(yield* failure(["events", "link", id, "vs_none", "--yes"]), "There is no such session")
        assert.include(
          yield* failure(["events", "link", id, sessionRef, "--yes", "--token", readToken]),
          "This token may only read"
        )
        const unsure = yield* run(["events", "link", id, sessionRef])
        assert.deepStrictEqual([unsure.code, unsure.stdout], [2, ""])
        assert.include(unsure.stderr, "add --yes")
        const linked = yield* json(["events", "link", id, sessionRef, "--yes"])
        assert.deepInclude(linked, { id, state: "applied", session_ref: sessionRef })
        assert.strictEqual(
          yield* failure(["events", "link", id, sessionRef, "--yes"]),
          "The event cannot be given to this session: the event is not unmatched."
        )
        assert.deepInclude(yield* json(["events", "replay", id]), { id, state: "applied" })
        assert.include(yield* failure(["events", "replay", "ev_none"]), "There is no such event")

        const rejected = yield* json(["events", "rejected"])
        assert.strictEqual(rejected.items[0].reason, "wrong")
      }),
    manyProcesses
  )

  it.scopedLive("are listed to the end, more than one page of them", () =>
    Effect.gen(function* () {
      const { deliver, json } = yield* aSandbox()
      const ids = Array.from({ length: 105 }, (_, index) => `event-${index}`)
      yield* Effect.forEach(ids, (id) => deliver({ id, type: "test.ping", environment: "test" }), {
        concurrency: 8,
        discard: true
      })
      const eventIds = (page: { items: ReadonlyArray<{ event_id: string }> }) =>
        page.items.map(({ event_id }) => event_id)
      const all = yield* json(["events", "list", "--all"])
      assert.sameMembers(eventIds(all), ids)
      assert.isNull(all.next_cursor)
      assert.lengthOf((yield* json(["events", "list"])).items, 20)
      const most = yield* json(["events", "list", "--limit", "103"])
      assert.lengthOf(most.items, 103)
      const rest = yield* json(["events", "list", "--limit", "103", "--cursor", most.next_cursor])
      assert.sameMembers([...eventIds(most), ...eventIds(rest)], ids)
    })
  )

  it.scopedLive("are found behind pages that are empty", () =>
    Effect.gen(function* () {
      const { json } = yield* aPlace
      const asked: Array<string> = []
      const url = yield* listening((request, response) => {
        const { searchParams } = new URL(request.url ?? "", "http://localhost")
        asked.push(`${searchParams.get("cursor")} ${searchParams.get("state")}`)
        const next = { null: "a", a: "b", b: null }[String(searchParams.get("cursor"))]
        response
          .writeHead(200, { "content-type": "application/json" })
          .end(JSON.stringify({ items: next === null ? [anAction("msg_a")] : [], next_cursor: next }))
      })
      const { items, next_cursor } = yield* json(["actions", "list", "--state", "dead", "--url", url])
      assert.deepStrictEqual(
        items.map(({ id }: { id: string }) => id),
        ["msg_a"]
      )
      assert.isNull(next_cursor)
      assert.deepStrictEqual(asked, ["null dead", "a dead", "b dead"])
    })
  )
})

describe("actions", () => {
  it.scopedLive(
    "that are dead are redriven: one, several, all; failures are listed",
    () =>
      Effect.gen(function* () {
        let gone = true
        const receiver = yield* listening((request, response) => {
          request.resume().on("end", () => response.writeHead(gone ? 410 : 204).end())
        })
        const { json, run, start } = yield* aSandbox({
          ACTION_WEBHOOK_URL: receiver,
          ACTION_WEBHOOK_SECRETS: `whsec_${Buffer.alloc(32, "k").toString("base64")}`
        })
        for (const user of ["ada", "bob", "eve"]) {
          yield* run(["trigger", "--token-ref", (yield* start(user)).token])
        }
        const inState = (state: string) =>
          Effect.map(json(["actions", "list", "--state", state]), ({ items }) =>
            items.map(({ id }: { id: string }) => id)
          )
        const [first, second, third] = yield* until(inState("dead"), (dead) => dead.length === 3)
        gone = false

        const mixed = yield* run(["actions", "redrive", first, "msg_none"])
        assert.strictEqual(mixed.code, 1)
        assert.deepStrictEqual(JSON.parse(mixed.stdout), {
          redriven: [first],
          failed: [{ id: "msg_none", code: "action_not_found", why: "There is no such action" }]
        })
        assert.strictEqual(mixed.stderr, "1 of 2 could not be redriven.\n")
        yield* until(inState("delivered"), (ids) => ids.length === 1)

        const all = yield* json(["actions", "redrive", "--all-dead"])
        assert.sameMembers(all.redriven, [second, third])
        assert.deepStrictEqual(all.failed, [])
        yield* until(inState("delivered"), (ids) => ids.length === 3)
        assert.deepStrictEqual(yield* json(["actions", "redrive", "--all-dead"]), {
          redriven: [],
          failed: []
        })

        const again = yield* run(["actions", "redrive", first])
        assert.strictEqual(again.code, 1)
        assert.strictEqual(JSON.parse(again.stdout).failed[0].code, "action_not_dead")
        for (const args of [[], [first, "--all-dead"]]) {
          const wrong = yield* run(["actions", "redrive", ...args])
          assert.deepStrictEqual([wrong.code, wrong.stdout], [2, ""])
          assert.include(wrong.stderr, "or take --all-dead")
        }
      }),
    manyProcesses
  )
})

describe("a service that fails in the middle of a redrive", () => {
  it.scopedLive("ends it, and what was done is told", () =>
    Effect.gen(function* () {
      const { run } = yield* aPlace
      const asked: Array<string> = []
      const url = yield* listening((request, response) => {
        const id = request.url?.split("/").at(-2) ?? ""
        asked.push(id)
        const answers: Readonly<Record<string, readonly [status: number, body: unknown]>> = {
          msg_a: [200, anAction("msg_a")],
          msg_b: [503, aProblem("storage_unavailable", 503)]
        }
        const [status, body] = answers[id] ?? [404, aProblem("action_not_found", 404)]
        const type = status === 200 ? "application/json" : "application/problem+json"
        response.writeHead(status, { "content-type": type }).end(JSON.stringify(body))
      })
      const ids = ["msg_none", "msg_a", "msg_b", "msg_c"]
      const { code, stderr, stdout } = yield* run(["actions", "redrive", ...ids, "--url", url])
      assert.strictEqual(code, 1)
      const { failed, redriven } = JSON.parse(stdout)
      assert.deepStrictEqual(redriven, ["msg_a"])
      assert.deepStrictEqual(
        failed.map(({ id }: { id: string }) => id),
        ["msg_none"]
      )
      assert.match(stderr, /^The database cannot be reached: [^\n]+\n$/)
      assert.deepStrictEqual(asked, ["msg_none", "msg_a", "msg_b"])
    })
  )
})

describe("the service that operators talk to", () => {
  it.scopedLive(
    "is that of PUBLIC_URL, with the token of ADMIN_TOKEN, or as the options say",
    () =>
      Effect.gen(function* () {
        const { failure, json, run, url } = yield* aSandbox()
        const nowhere = `http://127.0.0.1:${yield* freePort}`
        const list = ["sessions", "list"]
        const empty = { items: [], next_cursor: null }
        assert.deepStrictEqual(yield* json(list, { PORT: "1", PUBLIC_URL: url }), empty)
        assert.deepStrictEqual(yield* json([...list, "--url", `${url}/`], { PUBLIC_URL: nowhere }), empty)
        assert.deepStrictEqual(yield* json(list, { ADMIN_TOKENS: "" }), empty)
        const wrong = unique("wrong-token-")
        assert.deepStrictEqual(yield* json(list, { ADMIN_TOKEN: adminToken, ADMIN_TOKENS: wrong }), empty)
        assert.deepStrictEqual(yield* json([...list, "--token", adminToken], { ADMIN_TOKEN: wrong }), empty)

        const refused = yield* failure(list, { ADMIN_TOKEN: wrong })
        assert.include(refused, "does not accept this token")
        assert.notInclude(refused, wrong)
        assert.include(
          yield* failure(["sessions", "erase", "ada", "--yes"], { ADMIN_TOKENS: "" }),
          "This token may only read: take one of the service's ADMIN_TOKENS"
        )
        assert.include(
          yield* failure(list, { PUBLIC_URL: nowhere }),
          `No service can be reached at ${nowhere}`
        )
        assert.include(
          yield* failure(list, { ADMIN_TOKENS: "", ADMIN_READ_TOKENS: "" }),
          "No operator token: give --token, or set ADMIN_TOKEN"
        )
        const malformed = yield* run(list, { ADMIN_TOKEN: "too-short" })
        assert.strictEqual(malformed.code, 1)
        assert.include(malformed.stderr, "ADMIN_TOKEN: expected a token of at least 32")
        assert.notInclude(malformed.stderr, "too-short")
      }),
    manyProcesses
  )

  it.scopedLive.each([
    { answer: "<html>hello</html>", status: 200, told: "is not this service" },
    { answer: "gone", status: 500, told: "is not this service, or another version of it (status 500)" },
    {
      answer: JSON.stringify(aProblem("not_found", 404)),
      status: 404,
      told: "There is no operator API"
    },
    {
      answer: JSON.stringify(aProblem("storage_unavailable", 503)),
      status: 503,
      told: "The database cannot be reached"
    }
  ])("answers $status otherwise: $told", ({ answer, status, told }) =>
    Effect.gen(function* () {
      const { failure } = yield* aPlace
      const url = yield* listening((_, response) =>
        response.writeHead(status, { "content-type": "application/problem+json" }).end(answer)
      )
      assert.include(yield* failure(["sessions", "list", "--url", url]), told)
    })
  )

  it.scopedLive.each([
    { args: ["sessions", "list", "--limit", "0"], told: "--limit: expected a number, 1 to 10000" },
    { args: ["sessions", "list", "--from", "yesterday"], told: "--from: expected a time such as" },
    { args: ["sessions", "list", "--status", "good"], told: "pending" },
    { args: ["sessions", "list", "--url", "localhost:3000"], told: "--url: expected an http://" },
    { args: ["sessions", "list", "--token", "a-secret-of-mine"], told: "--token: expected a token" },
    { args: ["sessions", "show"], told: "SESSION_REF" },
    { args: ["events", "list", "--state", "lost"], told: "unmatched" },
    { args: ["events", "link", "ev_a"], told: "SESSION_REF" },
    { args: ["actions", "list", "--state", "lost"], told: "pending" }
  ])("is not asked where usage is wrong: $args", ({ args, told }) =>
    Effect.gen(function* () {
      const { run } = yield* aPlace
      const { code, stderr, stdout } = yield* run(args)
      assert.deepStrictEqual([code, stdout], [2, ""])
      assert.include(stderr, told)
      for (const secret of [...hidden, "a-secret-of-mine"]) assert.notInclude(stderr, secret)
    })
  )
})
