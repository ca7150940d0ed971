import { once } from "node:events"
import type { ServerResponse } from "node:http"
import { inspect } from "node:util"
import { FetchHttpClient, HttpClientRequest } from "@effect/platform"
import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import {
  Cause,
  Deferred,
  Duration,
  Effect,
  Exit,
  Fiber,
  HashMap,
  Layer,
  Logger,
  Option,
  Tracer
} from "effect"
import { httpClientTransport } from "../../src/verifyhuman/HttpClientTransport.js"
import { pooledTransport } from "../../src/verifyhuman/PooledTransport.js"
import { ProviderTransport } from "../../src/verifyhuman/ProviderTransport.js"
import type {
  HostedSession,
  VerifyHumanClient,
  VerifyHumanOptions
} from "../../src/verifyhuman/VerifyHumanClient.js"
import {
  ProviderOutOfCredits,
  ProviderRejected,
  ProviderTimeout,
  ProviderUnavailable,
  type RejectionReason,
  type VerifyHumanError
} from "../../src/verifyhuman/VerifyHumanError.js"
import {
  answers,
  apiKey,
  aRequest,
  aSessionAnswer,
  clientOf,
  generate,
  hang,
  impatient,
  type Play,
  provider
} from "./provider.js"

const rejected = (why: RejectionReason, status: number | null = null) => new ProviderRejected({ why, status })
const unavailable = (retryAfterMillis: number | null = null) => new ProviderUnavailable({ retryAfterMillis })

const throttled = (retryAfterMillis: number | null = null) =>
  new ProviderUnavailable({ retryAfterMillis, throttled: true })

/** What a call came to: the session, or the error without its stack. */
const outcome = (call: Effect.Effect<HostedSession, VerifyHumanError, VerifyHumanClient>) =>
  Effect.match(call, { onFailure: plain, onSuccess: (session) => session })

const plain = (error: VerifyHumanError): object => ({ ...error })

/** One call to a provider that plays so. */
const exchange = Effect.fnUntraced(function* (
  plays: Play | readonly [Play, ...Array<Play>],
  options: Partial<VerifyHumanOptions> = {},
  transport?: Layer.Layer<ProviderTransport>
) {
  const [first, ...others] = typeof plays === "function" ? [plays] : plays
  const { received, url } = yield* provider(first, ...others)
  const made = yield* Effect.provide(outcome(generate()), clientOf(url, options, transport))
  return { made, received }
}, Effect.scoped)

/** The session that a provider's answer makes, or the error. */
const madeOf = (body: unknown, options: Partial<VerifyHumanOptions> = {}) =>
  Effect.map(exchange(answers(201, body), options), ({ made }) => made)

const cutBeforeHeaders: Play = (response) => response.socket?.destroy()

const cutInBody: Play = (response) => {
  response.writeHead(201, { "content-type": "application/json", "content-length": "500" })
  response.write('{"hosted_url":"https://app.veri', () => response.socket?.destroy())
}

const stallInBody =
  (status: number): Play =>
  (response) => {
    response.writeHead(status, { "content-type": "application/json" })
    response.write('{"hosted_url":"https://app.veri')
  }

const flood: Play = (response) => {
  response.writeHead(201, { "content-type": "application/json" })
  const more = () => {
    while (!response.destroyed && response.write(`"${"x".repeat(16_000)}",`)) {}
  }
  response.on("drain", more)
  response.write("[")
  more()
}

describe("a good answer", () => {
  it.live.each([200, 201, 202])("of %i is a session", (status) =>
    Effect.gen(function* () {
      const answer = aSessionAnswer()
      const { made, received } = yield* exchange(answers(status, answer))
      assert.deepStrictEqual(made, {
        hostedUrl: answer.hosted_url,
        token: answer.token,
        expiresAt: Date.UTC(2199, 4, 17, 11, 30),
        answer
      })
      assert.lengthOf(received, 1)
    })
  )

  it.live("keeps whatever else it carries, because it may refer to the session", () =>
    Effect.gen(function* () {
      const answer = aSessionAnswer({
        reference_id: "r-1",
        metadata: { external_id: "e-1" },
        extra: [null, 1]
      })
      const made = yield* madeOf(answer)
      assert.deepStrictEqual(Reflect.get(made, "answer"), answer)
    })
  )

  it.live("comes in pieces, of any content type", () =>
    Effect.gen(function* () {
      const text = JSON.stringify(aSessionAnswer({ note: "ü€😀" }))
      const { made } = yield* exchange((response) => {
        response.writeHead(201, { "content-type": "text/plain" })
        for (const byte of Buffer.from(text)) response.write(Buffer.from([byte]))
        response.end()
      })
      assert.deepStrictEqual(Reflect.get(made, "answer"), JSON.parse(text))
    })
  )

  it.live("may be large, up to 64 KiB", () =>
    Effect.gen(function* () {
      const text = JSON.stringify(aSessionAnswer())
      const { made } = yield* exchange(answers(201, text.padEnd(64 * 1024)))
      assert.property(made, "hostedUrl")
    })
  )
})

describe("the request", () => {
  const sentBy = Effect.fnUntraced(function* (
    request: Parameters<typeof generate>[0],
    options: Partial<VerifyHumanOptions> = {},
    path = ""
  ) {
    const { received, url } = yield* provider(answers(201, aSessionAnswer()))
    yield* Effect.provide(generate(request), clientOf(url + path, options))
    const [sent] = received
    assert.isDefined(sent)
    return sent
  }, Effect.scoped)

  it.live("is a POST of the documented JSON body", () =>
    Effect.gen(function* () {
      const sent = yield* sentBy({
        product: "verifyage",
        redirectUrl: "myapp://verified?a=ü&session_ref=vs_1&result=pass",
        failureRedirectUrl: "https://app.example/done?session_ref=vs_1&result=fail",
        expiresInHours: 24,
        pageTitle: 'Ünïcode "quoted" 😀',
        successMessage: "Good\nnews",
        failureMessage: ""
      })
      assert.strictEqual(sent.method, "POST")
      assert.strictEqual(sent.url, "/hosted/generate")
      assert.strictEqual(sent.headers["content-type"], "application/json")
      assert.strictEqual(sent.headers.accept, "application/json")
      assert.deepStrictEqual(JSON.parse(sent.body), {
        product: "verifyage",
        redirect_url: "myapp://verified?a=ü&session_ref=vs_1&result=pass",
        failure_redirect_url: "https://app.example/done?session_ref=vs_1&result=fail",
        expires_in_hours: 24,
        page_title: 'Ünïcode "quoted" 😀',
        success_message: "Good\nnews",
        failure_message: ""
      })
    })
  )

  it.live("leaves out what is not set, and what is not the provider's business", () =>
    Effect.gen(function* () {
      const plan = { ...aRequest, reference: "customer 7", model: "hosted", flowUrl: null }
      const sent = yield* sentBy(plan)
      assert.deepStrictEqual(JSON.parse(sent.body), { product: "verifyidentity", expires_in_hours: 1 })
    })
  )

  it.live("carries the key as a bearer token", () =>
    Effect.gen(function* () {
      const { headers } = yield* sentBy(aRequest)
      assert.strictEqual(headers.authorization, `Bearer ${apiKey}`)
      assert.notProperty(headers, "x-api-key")
    })
  )

  it.live("carries the key as X-API-Key where that is set", () =>
    Effect.gen(function* () {
      const { headers } = yield* sentBy(aRequest, { authScheme: "x-api-key" })
      assert.strictEqual(headers["x-api-key"], apiKey)
      assert.notProperty(headers, "authorization")
    })
  )

  it.live("goes below the path of the provider's address", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* sentBy(aRequest, {}, "/v2")).url, "/v2/hosted/generate")
    })
  )

  it.live("says nothing of our traces", () =>
    Effect.gen(function* () {
      const { headers } = yield* Effect.withSpan(sentBy(aRequest), "outside")
      for (const name of ["traceparent", "tracestate", "b3"]) assert.notProperty(headers, name)
    })
  )

  it.live("is not made without a key", () =>
    Effect.gen(function* () {
      const { made, received } = yield* exchange(answers(201, aSessionAnswer()), { apiKey: null })
      assert.deepStrictEqual(made, plain(rejected("no_api_key")))
      assert.lengthOf(received, 0)
    })
  )
})

describe("a refusal", () => {
  it.live.each<readonly [number, VerifyHumanError]>([
    [400, rejected("bad_request", 400)],
    [401, rejected("key_not_accepted", 401)],
    [402, new ProviderOutOfCredits()],
    [403, rejected("key_not_accepted", 403)],
    [404, rejected("not_found", 404)],
    [405, rejected("unexpected_status", 405)],
    [408, rejected("unexpected_status", 408)],
    [409, rejected("unexpected_status", 409)],
    [422, rejected("bad_request", 422)],
    [304, rejected("unexpected_status", 304)]
  ])("of %i is final", ([status, error]) =>
    Effect.gen(function* () {
      const { made, received } = yield* exchange([
        answers(status, { error: "no" }, { "retry-after": "0" }),
        answers(201, aSessionAnswer())
      ])
      assert.deepStrictEqual(made, plain(error))
      assert.lengthOf(received, 1)
    })
  )

  it.live("is one whatever its body is", () =>
    Effect.gen(function* () {
      for (const play of [answers(401, ""), answers(401, "<html>"), stallInBody(401)]) {
        const { made } = yield* exchange(play)
        assert.deepStrictEqual(made, plain(rejected("key_not_accepted", 401)))
      }
    })
  )

  it.live("does not hold its connection", () =>
    Effect.gen(function* () {
      const { received, url } = yield* provider(stallInBody(402))
      yield* Effect.gen(function* () {
        yield* Effect.flip(generate())
        const [sent] = received
        assert.isDefined(sent)
        if (!sent.socket.destroyed) yield* Effect.promise(() => once(sent.socket, "close"))
      }).pipe(Effect.provide(clientOf(url)))
    }).pipe(Effect.scoped)
  )
})

describe("what passes", () => {
  it.live.each<readonly [string, Play]>([
    ["429", answers(429, { status: "throttled" })],
    ["429 with Retry-After", answers(429, {}, { "retry-after": "1" })],
    ["500", answers(500, "<h1>oops</h1>")],
    ["502", answers(502, "")],
    ["503", answers(503, {})],
    ["504", answers(504, {})],
    ["599", answers(599, {})],
    ["a connection cut before the headers", cutBeforeHeaders],
    ["a connection cut in the middle of the body", cutInBody]
  ])("%s, then success", ([, play]) =>
    Effect.gen(function* () {
      const answer = aSessionAnswer()
      const { made, received } = yield* exchange([play, answers(201, answer)])
      assert.strictEqual(Reflect.get(made, "token"), answer.token)
      assert.lengthOf(received, 2)
    })
  )

  it.live("an attempt that took too long, then success", () =>
    Effect.gen(function* () {
      const answer = aSessionAnswer()
      const { made } = yield* exchange([hang, answers(201, answer)], { timeout: Duration.millis(500) })
      assert.strictEqual(Reflect.get(made, "token"), answer.token)
    })
  )

  it.live("asks with the same body and key each time", () =>
    Effect.gen(function* () {
      const { received } = yield* exchange([answers(500, {}), answers(201, aSessionAnswer())])
      const [first, second] = received
      assert.strictEqual(first?.body, second?.body)
      assert.strictEqual(second?.headers.authorization, `Bearer ${apiKey}`)
    })
  )
})

describe.concurrent("what does not pass", () => {
  it.live.each<readonly [string, Play, VerifyHumanError]>([
    ["429", answers(429, {}), throttled()],
    ["429 with a Retry-After within the deadline", answers(429, {}, { "retry-after": "0" }), throttled(0)],
    ["429 with an unreadable Retry-After", answers(429, {}, { "retry-after": "soon" }), throttled()],
    ["500", answers(500, {}), unavailable()],
    ["a connection cut before the headers", cutBeforeHeaders, unavailable()],
    ["a connection cut in the middle of the body", cutInBody, unavailable()],
    ["silence", hang, new ProviderTimeout()],
    ["silence in the middle of the body", stallInBody(201), new ProviderTimeout()]
  ])("%s until the deadline", ([, play, error]) =>
    Effect.gen(function* () {
      const { made, received } = yield* exchange(play, impatient)
      assert.deepStrictEqual(made, plain(error))
      assert.isAbove(received.length, 1)
    })
  )

  it.live("a Retry-After beyond the deadline: no second request", () =>
    Effect.gen(function* () {
      const { made, received } = yield* exchange([
        answers(503, {}, { "retry-after": "300" }),
        answers(201, aSessionAnswer())
      ])
      assert.deepStrictEqual(made, plain(unavailable(300_000)))
      assert.lengthOf(received, 1)
    })
  )

  it.live("a Retry-After that names a day beyond the deadline", () =>
    Effect.gen(function* () {
      const { made, received } = yield* exchange(
        answers(429, {}, { "retry-after": "Fri, 31 Dec 9999 23:59:59 GMT" })
      )
      assert.deepStrictEqual(made, plain(throttled(86_400_000)))
      assert.lengthOf(received, 1)
    })
  )

  it.live("a connection that is refused", () =>
    Effect.gen(function* () {
      const { close, url } = yield* provider(hang)
      close()
      const error = yield* Effect.flip(Effect.provide(generate(), clientOf(url, impatient)))
      assert.deepStrictEqual(plain(error), plain(unavailable()))
    }).pipe(Effect.scoped)
  )

  it.live("a name that nobody knows", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        Effect.provide(generate(), clientOf("http://no-such-host.invalid", { deadline: Duration.seconds(1) }))
      )
      assert.include(["ProviderUnavailable", "ProviderTimeout"], error._tag)
    })
  )
})

describe("an answer that cannot be used", () => {
  const without = (name: string) => {
    const { [name]: _, ...rest } = aSessionAnswer() as Record<string, unknown>
    return rest
  }

  it.live.each<readonly [string, unknown]>([
    ["nothing", ""],
    ["HTML", "<html></html>"],
    ["half of it", JSON.stringify(aSessionAnswer()).slice(0, -1)],
    ["two of it", JSON.stringify(aSessionAnswer()).repeat(2)],
    ["null", "null"],
    ["a string", JSON.stringify("https://app.verifyhuman.io/hosted/v/x")],
    ["a number", "7"],
    ["a list", [aSessionAnswer()]],
    ["a list deeper than any stack", "[".repeat(60_000)],
    ["an envelope around it", { data: aSessionAnswer() }],
    ["no hosted_url", without("hosted_url")],
    ["no token", without("token")],
    ["no expires_at", without("expires_at")],
    ["an empty token", aSessionAnswer({ token: "" })],
    ["a token that is no string", aSessionAnswer({ token: 7 })],
    ["a hosted_url that is no string", aSessionAnswer({ hosted_url: null })],
    ["an expires_at that is no string", aSessionAnswer({ expires_at: 4_102_444_800 })],
    ["the vendor's word of being throttled", { status: "throttled", message: "Too many" }],
    ["more than 64 KiB", JSON.stringify(aSessionAnswer()).padEnd(64 * 1024 + 1)]
  ])("%s", ([, body]) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* madeOf(body), plain(rejected("unexpected_shape")))
    })
  )

  it.live("one that never ends", () =>
    Effect.gen(function* () {
      const { made, received } = yield* exchange(flood)
      assert.deepStrictEqual(made, plain(rejected("unexpected_shape")))
      assert.lengthOf(received, 1)
    })
  )

  it.live.each([
    "soon",
    "",
    "4102444800",
    "2199-05-17",
    "2199-05-17T11:30:00",
    "2199-05-17 11:30:00Z",
    "17 May 2199 11:30:00 GMT",
    "2199-13-01T00:00:00Z",
    "2199-02-29T00:00:00Z",
    "2199-05-17T25:00:00Z"
  ])("an expires_at of %j, which is unreadable or means another time elsewhere", (expires_at) =>
    Effect.gen(function* () {
      const made = yield* madeOf(aSessionAnswer({ expires_at }))
      assert.deepStrictEqual(made, plain(rejected("unexpected_shape")))
    })
  )

  it.live.each<readonly [string, string]>([
    ["2199-05-17T11:30:00Z", "2199-05-17T11:30:00.000Z"],
    ["2199-05-17t11:30:00z", "2199-05-17T11:30:00.000Z"],
    ["2199-05-17T11:30:00.250Z", "2199-05-17T11:30:00.250Z"],
    ["2199-05-17T11:30:00.123456Z", "2199-05-17T11:30:00.123Z"],
    ["2199-05-17T11:30:00+00:00", "2199-05-17T11:30:00.000Z"],
    ["2199-05-17T11:30:00.5-05:30", "2199-05-17T17:00:00.500Z"]
  ])("but an expires_at of %j is %s", ([expires_at, utc]) =>
    Effect.gen(function* () {
      const made = yield* madeOf(aSessionAnswer({ expires_at }))
      assert.strictEqual(Reflect.get(made, "expiresAt"), Date.parse(utc))
    })
  )

  it.live("nor does a page that has expired: the provider's clock may be another", () =>
    Effect.gen(function* () {
      const made = yield* madeOf(aSessionAnswer({ expires_at: "2001-05-17T11:30:00Z" }))
      assert.strictEqual(Reflect.get(made, "expiresAt"), Date.parse("2001-05-17T11:30:00Z"))
    })
  )

  it.live.each<readonly [string, RejectionReason]>([
    ["http://app.verifyhuman.io/hosted/v/x", "insecure_hosted_url"],
    ["HTTP://app.verifyhuman.io/hosted/v/x", "insecure_hosted_url"],
    ["http://localhost.evil.example/", "insecure_hosted_url"],
    ["http://localhost@evil.example/", "insecure_hosted_url"],
    ["http://192.168.1.5:3001/hosted/v/x", "insecure_hosted_url"],
    ["javascript:alert(1)", "insecure_hosted_url"],
    ["JavaScript://app.verifyhuman.io/%0aalert(1)", "insecure_hosted_url"],
    ["data:text/html,x", "insecure_hosted_url"],
    ["file:///etc/passwd", "insecure_hosted_url"],
    ["myapp://verified", "insecure_hosted_url"],
    ["/hosted/v/x", "unexpected_shape"],
    ["hosted/v/x", "unexpected_shape"],
    ["//app.verifyhuman.io/hosted/v/x", "unexpected_shape"],
    ["app.verifyhuman.io/hosted/v/x", "unexpected_shape"],
    ["https://", "unexpected_shape"],
    ["", "unexpected_shape"]
  ])("a hosted_url of %j", ([hosted_url, why]) =>
    Effect.gen(function* () {
      const { made, received } = yield* exchange(answers(201, aSessionAnswer({ hosted_url })))
      assert.deepStrictEqual(made, plain(rejected(why)))
      assert.lengthOf(received, 1)
    })
  )

  it.live.each([
    "http://localhost:3001/hosted/v/x",
    "http://127.0.0.1:3001/hosted/v/x",
    "http://[::1]:3001/hosted/v/x",
    "https://elsewhere.example/hosted/v/x?lang=de#top"
  ])("but a hosted_url of %j is one", (hosted_url) =>
    Effect.gen(function* () {
      const made = yield* madeOf(aSessionAnswer({ hosted_url }))
      assert.strictEqual(Reflect.get(made, "hostedUrl"), hosted_url)
    })
  )

  it.live("hands out what was checked, not how it was written", () =>
    Effect.gen(function* () {
      const made = yield* madeOf(
        aSessionAnswer({ hosted_url: " \tHTTPS://App.VerifyHuman.io/hos\nted/v/x " })
      )
      assert.strictEqual(Reflect.get(made, "hostedUrl"), "https://app.verifyhuman.io/hosted/v/x")
    })
  )

  it.live("takes plain http of the one given origin, for a phone on the same network", () =>
    Effect.gen(function* () {
      const plainHttpOrigin = "http://192.168.1.5:3001"
      const at = (hosted_url: string) => madeOf(aSessionAnswer({ hosted_url }), { plainHttpOrigin })
      assert.property(yield* at(`${plainHttpOrigin}/hosted/v/x`), "hostedUrl")
      for (const other of ["http://192.168.1.5:3002/", "http://192.168.1.6:3001/", "http://192.168.1.5/"]) {
        assert.deepStrictEqual(yield* at(other), plain(rejected("insecure_hosted_url")))
      }
    })
  )
})

describe("connections", () => {
  it.live("serve one call after the other", () =>
    Effect.gen(function* () {
      const { received, url } = yield* provider(answers(201, aSessionAnswer()))
      yield* Effect.replicateEffect(generate(), 10).pipe(Effect.provide(clientOf(url)))
      assert.lengthOf(received, 10)
      // The next call may come before the last one's connection is free again.
      assert.isAtMost(new Set(received.map(({ socket }) => socket)).size, 2)
    }).pipe(Effect.scoped)
  )

  it.live("do not hold up one another", () =>
    Effect.gen(function* () {
      const held: Array<() => void> = []
      const { received, url } = yield* provider((response) => {
        held.push(() => answers(201, aSessionAnswer())(response))
        if (held.length === 10) for (const release of held) release()
      })
      const sessions = yield* Effect.all(
        Array.from({ length: 10 }, () => generate()),
        {
          concurrency: "unbounded"
        }
      ).pipe(Effect.provide(clientOf(url)))
      assert.lengthOf(sessions, 10)
      assert.lengthOf(received, 10)
    }).pipe(Effect.scoped)
  )

  it.live("carry nothing that was given up before they stood", () =>
    Effect.gen(function* () {
      const { received, url } = yield* provider(answers(201, aSessionAnswer()))
      yield* Effect.gen(function* () {
        const givenUp = yield* Effect.fork(generate())
        yield* Effect.yieldNow()
        yield* Fiber.interrupt(givenUp)
        yield* generate()
      }).pipe(Effect.provide(clientOf(url)))
      assert.lengthOf(received, 1)
    }).pipe(Effect.scoped)
  )

  it.live("that the provider has closed meanwhile are replaced", () =>
    Effect.gen(function* () {
      const { received, url } = yield* provider(answers(201, aSessionAnswer()))
      yield* Effect.gen(function* () {
        yield* generate()
        received[0]?.socket.destroy()
        yield* generate()
      }).pipe(Effect.provide(clientOf(url)))
      assert.notStrictEqual(received[0]?.socket, received.at(-1)?.socket)
    }).pipe(Effect.scoped)
  )
})

const transports = [
  ["the service's own", pooledTransport],
  ["undici", Layer.provide(httpClientTransport, NodeHttpClient.layerUndici)],
  ["node:http", Layer.provide(httpClientTransport, NodeHttpClient.layer)],
  ["fetch", Layer.provide(httpClientTransport, FetchHttpClient.layer)]
] as const

type Region = (call: Effect.Effect<object>) => Effect.Effect<object>

describe.each(transports)("an answer through %s", (_, transport) => {
  const madeThrough = (play: Play) => Effect.map(exchange(play, impatient, transport), ({ made }) => made)

  const longest = JSON.stringify(aSessionAnswer({ token: "tok-1" })).padEnd(64 * 1024)
  const inPieces =
    (text: string): Play =>
    (response) => {
      response.writeHead(201, { "content-type": "application/json" })
      for (let at = 0; at < text.length; at += 1000) response.write(text.slice(at, at + 1000))
      response.end()
    }

  it.live("of 64 KiB is read, in one piece or in many", () =>
    Effect.gen(function* () {
      for (const play of [answers(201, longest), inPieces(longest)]) {
        assert.strictEqual(Reflect.get(yield* madeThrough(play), "token"), "tok-1")
      }
    })
  )

  it.live("of one byte more is not, nor one that never ends", () =>
    Effect.gen(function* () {
      for (const play of [answers(201, `${longest} `), inPieces(`${longest} `), flood]) {
        assert.deepStrictEqual(yield* madeThrough(play), plain(rejected("unexpected_shape")))
      }
    })
  )

  it.live("is the one after all hints", () =>
    Effect.gen(function* () {
      const made = yield* madeThrough((response) => {
        response.writeEarlyHints({ link: "</style.css>; rel=preload" })
        answers(201, longest)(response)
      })
      assert.strictEqual(Reflect.get(made, "token"), "tok-1")
    })
  )

  it.live("that breaks off leaves the provider unavailable", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* madeThrough(cutInBody), plain(unavailable()))
    })
  )

  it.live("that stalls is given up", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* madeThrough(stallInBody(201)), plain(new ProviderTimeout()))
    })
  )

  /** A call whose one request is not answered, unless by `response`. */
  const asking = Effect.fnUntraced(function* (region: Region, options: Partial<VerifyHumanOptions> = {}) {
    const asked = yield* Deferred.make<ServerResponse>()
    const hungUp = yield* Deferred.make<void>()
    const { url } = yield* provider((response) => {
      response.once("close", () => Deferred.unsafeDone(hungUp, Effect.void))
      Deferred.unsafeDone(asked, Effect.succeed(response))
    })
    // Of the test's scope: what is closed with the client has not been given up.
    const client = yield* Layer.build(clientOf(url, options, transport))
    const fiber = yield* Effect.fork(outcome(generate()).pipe(Effect.provide(client), region))
    return { fiber, hungUp, response: yield* Deferred.await(asked) }
  })

  it.live.each<readonly [string, Region]>([
    ["can", Effect.interruptible],
    ["cannot", Effect.uninterruptible]
  ])("that does not come is given up, where its caller %s be interrupted", ([, region]) =>
    Effect.gen(function* () {
      const once = { timeout: Duration.millis(300), deadline: Duration.millis(300) }
      const { fiber, hungUp } = yield* asking(region, once)
      assert.deepStrictEqual(yield* Fiber.join(fiber), plain(new ProviderTimeout()))
      yield* Deferred.await(hungUp)
    }).pipe(Effect.scoped)
  )

  it.live("is not waited for when its time was over before it was asked for", () =>
    Effect.gen(function* () {
      const { url } = yield* provider(hang)
      const { send } = yield* ProviderTransport
      const error = yield* Effect.flip(send(HttpClientRequest.get(url), 0))
      assert.deepStrictEqual(plain(error), plain(new ProviderTimeout()))
    }).pipe(Effect.provide(transport), Effect.scoped)
  )

  it.live("is not waited for by a caller that is interrupted", () =>
    Effect.gen(function* () {
      const { fiber, hungUp } = yield* asking(Effect.interruptible)
      assert.isTrue(Exit.isInterrupted(yield* Fiber.interrupt(fiber)))
      yield* Deferred.await(hungUp)
    }).pipe(Effect.scoped)
  )

  it.live("comes to a caller that cannot be interrupted, though somebody tries", () =>
    Effect.gen(function* () {
      const came = yield* Deferred.make<object>()
      const { fiber, response } = yield* asking((call) =>
        Effect.uninterruptible(Effect.tap(call, (made) => Deferred.succeed(came, made)))
      )
      const interrupting = yield* Effect.fork(Fiber.interrupt(fiber))
      yield* Effect.yieldNow()
      answers(201, longest)(response)
      assert.strictEqual(Reflect.get(yield* Deferred.await(came), "token"), "tok-1")
      yield* Fiber.join(interrupting)
    }).pipe(Effect.scoped)
  )

  it.live.each([401, 500])("of status %i is judged before its end", (status) =>
    Effect.gen(function* () {
      const made = yield* madeThrough(stallInBody(status))
      assert.deepStrictEqual(made, plain(status === 401 ? rejected("key_not_accepted", 401) : unavailable()))
    })
  )
})

describe("a redirect", () => {
  it.live.each(
    transports.flatMap(([name, transport]) =>
      [301, 302, 303, 307, 308].map((status) => [status, name, transport] as const)
    )
  )("of %i is not followed, by %s", ([status, , transport]) =>
    Effect.gen(function* () {
      const thief = yield* provider(answers(201, aSessionAnswer()))
      const { received, url } = yield* provider(
        answers(status, "", { location: `${thief.url}/hosted/generate` })
      )
      for (const authScheme of ["bearer", "x-api-key"] as const) {
        const error = yield* Effect.flip(Effect.provide(generate(), clientOf(url, { authScheme }, transport)))
        assert.deepStrictEqual(plain(error), plain(rejected("unexpected_status", status)))
      }
      assert.lengthOf(received, 2)
      assert.lengthOf(thief.received, 0)
    }).pipe(Effect.scoped)
  )

  it.live("is not followed by a fetch that has settings of its own, which it keeps", () =>
    Effect.gen(function* () {
      const thief = yield* provider(answers(201, aSessionAnswer()))
      const { received, url } = yield* provider(answers(307, "", { location: thief.url }))
      const settings = { redirect: "follow", headers: { "x-ours": "1" } } as const
      const transport = Layer.provide(httpClientTransport, [
        FetchHttpClient.layer,
        Layer.succeed(FetchHttpClient.RequestInit, settings)
      ])
      yield* Effect.flip(Effect.provide(generate(), clientOf(url, {}, transport)))
      assert.strictEqual(received[0]?.headers["x-ours"], "1")
      assert.lengthOf(thief.received, 0)
    }).pipe(Effect.scoped)
  )
})

describe("what nobody may see", () => {
  const token = "tok-that-nobody-may-see"
  const words = "words-of-the-provider"
  const secrets = [apiKey, token, words]
  const telling = (overrides: Readonly<Record<string, unknown>> = {}) =>
    aSessionAnswer({ token, error: words, message: words, ...overrides })
  const headers = { "x-words": words, "set-cookie": `words=${words}`, location: `https://${words}.example/` }

  const shown = (value: unknown) =>
    [JSON.stringify(value), String(value), inspect(value, { depth: 20, showHidden: true })].join("\n")

  /** All that a call leaves behind: its outcome, its logs and its spans. */
  const traces = Effect.fnUntraced(function* (play: Play) {
    const left: Array<string> = []
    const logger = Logger.make(({ annotations, cause, message }) => {
      left.push(shown([message, cause, [...HashMap.toEntries(annotations)]]), Cause.pretty(cause))
    })
    const tracer = Tracer.make({
      span: (name, parent, context, links, startTime, kind) => {
        const attributes = new Map<string, unknown>()
        left.push(name)
        return {
          _tag: "Span",
          name,
          spanId: "span",
          traceId: "trace",
          parent,
          context,
          links,
          kind,
          attributes,
          sampled: true,
          status: { _tag: "Started", startTime },
          end: (_, exit) => {
            left.push(shown(exit), shown([...attributes]))
          },
          attribute: (key, value) => {
            left.push(key, shown(value))
            attributes.set(key, value)
          },
          event: (event, _, more) => {
            left.push(event, shown(more))
          },
          addLinks: () => {}
        } satisfies Tracer.Span
      },
      context: (run) => run()
    })
    const { url } = yield* provider(play)
    const exit = yield* generate().pipe(
      Effect.provide(clientOf(url, { timeout: Duration.millis(300), deadline: Duration.millis(500) })),
      Effect.tapErrorCause((cause) => Effect.logError("no session", cause)),
      Effect.exit,
      Effect.withTracer(tracer),
      Effect.provide(Logger.replace(Logger.defaultLogger, logger))
    )
    assert.isTrue(Exit.isFailure(exit))
    const cause = Option.getOrThrow(Exit.causeOption(exit))
    left.push(shown(exit), shown(cause), Cause.pretty(cause, { renderErrorCause: true }))
    const error = Option.getOrThrow(Cause.failureOption(cause))
    left.push(shown(error), error.message, error.stack ?? "", String(Reflect.get(error, "cause")))
    assert.isAbove(left.join("").length, 100)
    return left.join("\n")
  }, Effect.scoped)

  it.live.each<readonly [string, Play]>([
    ...[302, 400, 401, 402, 403, 404, 409, 422, 429, 500].map(
      (status) => [String(status), answers(status, telling(), headers)] as const
    ),
    ["an answer that is not JSON", answers(201, `${words} ${token}`, headers)],
    ["an answer of the wrong shape", answers(201, { token, words }, headers)],
    ["a wrong value", answers(201, telling({ hosted_url: { words } }), headers)],
    ["an insecure page", answers(201, telling({ hosted_url: `http://${words}.example/${token}` }), headers)],
    ["an unreadable page", answers(201, telling({ hosted_url: `${words}/${token}` }), headers)],
    ["an unreadable time", answers(201, telling({ expires_at: words }), headers)],
    ["too much", answers(201, telling({ more: "x".repeat(70_000) }), headers)],
    ["a cut", cutInBody],
    ["silence", hang]
  ])("is not in what is left of %s", ([, play]) =>
    Effect.gen(function* () {
      const text = yield* traces(play)
      for (const secret of secrets) assert.notInclude(text, secret)
    })
  )

  it.live("is not in what is left of a refused connection", () =>
    Effect.gen(function* () {
      const text = yield* traces((response) => response.socket?.resetAndDestroy())
      for (const secret of secrets) assert.notInclude(text, secret)
    })
  )
})
