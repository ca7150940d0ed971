import type { LookupAddress } from "node:dns"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Either, Redacted } from "effect"
import { Webhook } from "standardwebhooks"
import { ActionTarget, type DeliveryFailed } from "../../src/actions/ActionTarget.js"
import type { Resolve } from "../../src/actions/GuardedAgent.js"
import { httpActionTarget } from "../../src/actions/HttpActionTarget.js"
import { type Action, actionOf } from "../../src/domain/Action.js"
import { awaiting } from "../../src/domain/Verdict.js"
import { aReservation, aSession, unique } from "../suites/fixtures.js"
import { answers, hang, type Play, provider } from "../verifyhuman/provider.js"

const secrets = ["whsec_b2xkLXNlY3JldC1vZi10aGUtcmVjZWl2ZXI=", "whsec_bmV3LXNlY3JldC1vZi10aGUtcmVjZWl2ZXI="]

const anAction = (reference: string | null = null): Action => {
  const session = aSession(aReservation(), { verdict: { status: "pass", reason: null }, reference })
  const action = actionOf(unique("msg_"), session, awaiting, "ver_1")
  if (action === null) throw new Error("a pass is told")
  return action
}

const deliver = (url: string, action = anAction(), resolve?: Resolve) =>
  Effect.flatMap(ActionTarget, (target) => Effect.either(target.deliver(action))).pipe(
    Effect.provide(
      httpActionTarget({
        url,
        secrets: secrets.map((secret) => Redacted.make(secret)),
        ...(resolve === undefined ? {} : { resolve })
      })
    )
  )

const plain = (result: Either.Either<unknown, DeliveryFailed>) =>
  Either.match(result, {
    onLeft: ({ answer, gone, retryAfterMillis, status }) => ({ answer, gone, retryAfterMillis, status }),
    onRight: (receipt) => receipt
  })
const to = (play: Play) =>
  Effect.scoped(Effect.flatMap(provider(play), ({ url }) => Effect.map(deliver(url), plain)))
const unanswered = (answer: string) => ({ gone: false, status: null, answer, retryAfterMillis: null })

describe("delivery by HTTP", () => {
  it.live("posts the exact text, signed with each secret", () =>
    Effect.gen(function* () {
      const { received, url } = yield* provider(answers(204, ""))
      const action = anAction("Grüße, 世界 🌍")
      assert.deepStrictEqual(plain(yield* deliver(`${url}/hook?team=7`, action)), { status: 204, answer: "" })
      const [request] = received
      assert.deepInclude(request, { method: "POST", url: "/hook?team=7", body: action.payload })
      assert.deepInclude(request?.headers, {
        "content-type": "application/json",
        "content-length": String(Buffer.byteLength(action.payload)),
        "user-agent": "verifyhuman-dropin",
        "webhook-id": action.id
      })
      assert.notProperty(request?.headers, "traceparent")
      for (const secret of secrets) {
        const headers = request?.headers as Record<string, string>
        assert.deepStrictEqual(
          new Webhook(secret).verify(request?.body ?? "", headers),
          JSON.parse(action.payload)
        )
      }
    }).pipe(Effect.scoped)
  )

  it.live.each([200, 201, 202, 204, 299])("%i is taken as received", (status) =>
    Effect.gen(function* () {
      const answer = status === 204 ? "" : "thanks"
      assert.deepStrictEqual(yield* to(answers(status, answer)), { status, answer })
    })
  )

  it.live.each([301, 302, 303, 307, 308])("%i is followed nowhere", (status) =>
    Effect.gen(function* () {
      const elsewhere = yield* provider(answers(200, ""))
      const { received, url } = yield* provider(answers(status, "", { location: elsewhere.url }))
      assert.deepInclude(plain(yield* deliver(url)), { status, gone: false })
      assert.lengthOf(received, 1)
      assert.lengthOf(elsewhere.received, 0)
    }).pipe(Effect.scoped)
  )

  it.live.each([400, 401, 404, 409, 410, 422, 429, 500, 502, 503])("%i is a failure", (status) =>
    Effect.gen(function* () {
      const expected = { status, gone: status === 410, answer: "no", retryAfterMillis: null }
      assert.deepStrictEqual<unknown>(yield* to(answers(status, "no")), expected)
    })
  )

  it.live.each<[number, string, number | null]>([
    [429, "120", 120_000],
    [503, "7", 7000],
    [500, "soon", null],
    [429, "999999999", 86_400_000]
  ])("%i asks to be left alone: Retry-After %s", ([status, header, retryAfterMillis]) =>
    Effect.map(to(answers(status, "", { "retry-after": header })), (result) =>
      assert.deepInclude(result, { status, retryAfterMillis })
    )
  )

  it.live("keeps the first 2 KB of an answer, fit for any column", () =>
    Effect.gen(function* () {
      assert.deepInclude(yield* to(answers(500, "x".repeat(100_000))), { answer: "x".repeat(2048) })
      assert.deepInclude(yield* to(answers(500, "a\u0000b")), { answer: "a\\u0000b" })
      const endless: Play = (response) => {
        response.writeHead(200)
        const more = () => response.write("y".repeat(65_536), (error) => (error ? undefined : more()))
        more()
      }
      assert.deepStrictEqual(yield* to(endless), { status: 200, answer: "y".repeat(2048) })
    })
  )

  it.live("takes an answer whose body never ends as received", () =>
    Effect.map(
      to((response) => response.writeHead(200).flushHeaders()),
      (result) => assert.deepStrictEqual(result, { status: 200, answer: "" })
    )
  )

  it.live("fails when nobody is there, or hangs up", () =>
    Effect.gen(function* () {
      const { close, url } = yield* provider(answers(200, ""))
      close()
      const failed = unanswered("no answer: the connection failed")
      assert.deepStrictEqual<unknown>(plain(yield* deliver(url)), failed)
      assert.deepStrictEqual<unknown>(yield* to((response) => response.socket?.resetAndDestroy()), failed)
      assert.deepStrictEqual<unknown>(plain(yield* deliver("http://nobody.invalid/")), failed)
    }).pipe(Effect.scoped)
  )

  it.live("lets go of a receiver that hangs when it is interrupted", () =>
    Effect.gen(function* () {
      const { received, url } = yield* provider(hang)
      const answer = yield* Effect.timeoutOption(deliver(url), "300 millis")
      assert.strictEqual(answer._tag, "None")
      assert.lengthOf(received, 1)
      const [request] = received
      yield* Effect.repeat(Effect.sleep("10 millis"), { until: () => request?.socket.destroyed === true })
    }).pipe(Effect.scoped)
  )
})

describe("addresses of metadata services", () => {
  it.live.each([
    "http://169.254.169.254/latest/meta-data",
    "http://2852039166/",
    "http://0xa9fea9fe/",
    "http://[fe80::1]/",
    "http://[fd00:ec2::254]/",
    "http://[::ffff:169.254.169.254]/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "http://metadata.google.internal/"
  ])("%s is refused without a request", (url) =>
    Effect.map(deliver(url), (result) =>
      assert.deepStrictEqual<unknown>(plain(result), unanswered("refused: a link-local address"))
    )
  )

  const resolving = (...turns: ReadonlyArray<ReadonlyArray<LookupAddress>>) => {
    const asked: Array<string> = []
    const resolve: Resolve = (hostname, options, callback) => {
      assert.isTrue(options.all)
      callback(null, [...(turns[asked.push(hostname) - 1] ?? [])])
    }
    return { asked, resolve }
  }
  const local: LookupAddress = { address: "127.0.0.1", family: 4 }
  const refused = unanswered("refused: the name leads to a link-local address")

  it.live("are looked for at each attempt: a name may change its mind", () =>
    Effect.gen(function* () {
      const { received, url } = yield* provider(answers(200, "ok", { connection: "close" }))
      const { asked, resolve } = resolving(
        [local],
        [{ address: "169.254.169.254", family: 4 }],
        [local, { address: "fe80::1", family: 6 }],
        [{ address: "::ffff:169.254.169.254", family: 6 }],
        [local]
      )
      const layer = httpActionTarget({ url: url.replace("127.0.0.1", "hooks.example"), secrets: [], resolve })
      const results = yield* Effect.gen(function* () {
        const target = yield* ActionTarget
        return yield* Effect.replicateEffect(Effect.either(target.deliver(anAction())), 5)
      }).pipe(Effect.provide(layer))
      const taken = { status: 200, answer: "ok" }
      assert.deepStrictEqual<unknown>(results.map(plain), [taken, refused, refused, refused, taken])
      assert.deepStrictEqual(asked, Array(5).fill("hooks.example"))
      assert.lengthOf(received, 2)
      assert.match(received[0]?.headers.host ?? "", /^hooks\.example:\d+$/)
    }).pipe(Effect.scoped)
  )

  it.live("are not the machine's own: a team's private hosts are its own business", () =>
    Effect.gen(function* () {
      const { url } = yield* provider(answers(200, "ok"))
      const taken = { status: 200, answer: "ok" }
      assert.deepStrictEqual<unknown>(plain(yield* deliver(url)), taken)
      const { resolve } = resolving([local])
      const named = url.replace("127.0.0.1", "hooks.example")
      assert.deepStrictEqual<unknown>(plain(yield* deliver(named, anAction(), resolve)), taken)
      assert.deepStrictEqual<unknown>(plain(yield* deliver(url.replace("127.0.0.1", "localhost"))), taken)
    }).pipe(Effect.scoped)
  )
})
