import { createHmac } from "node:crypto"
import { assert, describe, layer as sharing } from "@effect/vitest"
import { Context, Effect, Layer, Logger, LogLevel, Queue, Redacted } from "effect"
import {
  ActionDelivery,
  type ActionMessage,
  ActionTarget,
  type Caller,
  ExpirySweep,
  HostedPages,
  inboxLayer,
  Operations,
  outboxLayer,
  outcomeTable,
  PollGate,
  pollTimetableLayer,
  Records,
  RejectedDeliveries,
  recordsLayer,
  retentionLayer,
  retentionStoreLayer,
  SessionFeed,
  SessionPolicy,
  Sessions,
  StatusPoller,
  sessionRepositoryLayer,
  tablesMemory,
  VerdictPolicy,
  VerifyHumanClient,
  WebhookIntake,
  WebhookPolicy,
  WebhookVerifier
} from "../../src/index.js"

const secret = "a-webhook-secret"

/** What a team does with a verdict: here, it is put where the test can take it. */
class Receiver extends Context.Tag("test/Receiver")<Receiver, Queue.Queue<ActionMessage>>() {
  static readonly layer = Layer.effect(Receiver, Queue.unbounded<ActionMessage>())
}

const target = ActionTarget.layerEffect((message) =>
  Effect.gen(function* () {
    const receiver = yield* Receiver
    if (message.type === "verification.in_review") return yield* Effect.fail("not interested yet")
    yield* Queue.offer(receiver, message)
  })
)

let tokens = 0

const provider = Layer.succeed(VerifyHumanClient, {
  generate: () =>
    Effect.sync(() => {
      const token = `tok-${++tokens}`
      const hostedUrl = `https://app.verifyhuman.io/hosted/v/${token}`
      return { hostedUrl, token, expiresAt: Date.now() + 3_600_000, answer: { token } }
    }),
  status: (product, session_id) => {
    const json = { success: true, session_id, product, outcome: "FAIL", verification_id: "ver_2" }
    return Effect.succeed({ json, body: Buffer.from(JSON.stringify(json)) })
  }
})

const policies = Layer.mergeAll(
  Layer.succeed(SessionPolicy, {
    environment: "test",
    defaultProduct: "verifyidentity",
    products: ["verifyidentity"],
    flowUrl: null,
    expiresInHours: 1,
    pageTitle: null,
    successMessage: null,
    failureMessage: null,
    redirectUrl: null,
    redirectAllowlist: [],
    tracking: true,
    startLimit: { count: 5, windowMillis: 3_600_000 },
    providerDeadlineMillis: 8000
  }),
  Layer.succeed(VerdictPolicy, { environment: "test", reviewMillis: 1_209_600_000, actions: true }),
  Layer.succeed(WebhookPolicy, {
    secrets: [Redacted.make(secret)],
    scheme: "body",
    outcomes: outcomeTable()
  })
)

const storage = Layer.mergeAll(
  sessionRepositoryLayer,
  inboxLayer,
  outboxLayer,
  pollTimetableLayer,
  recordsLayer,
  retentionStoreLayer
).pipe(Layer.provide(tablesMemory))

/** The service without HTTP, as a program of the team's own embeds it. */
const embedded = Layer.mergeAll(
  Sessions.layer,
  WebhookIntake.layer,
  Operations.layer,
  ExpirySweep,
  StatusPoller,
  retentionLayer(30),
  Layer.provide(ActionDelivery, target)
).pipe(
  Layer.provide([HostedPages.layer, WebhookVerifier.layer]),
  Layer.provide([SessionFeed.layerMemory, RejectedDeliveries.layerMemory, PollGate.layer, provider]),
  Layer.provideMerge(storage),
  Layer.provide(policies),
  Layer.provideMerge(Receiver.layer),
  Layer.provide(Logger.minimumLogLevel(LogLevel.None))
)

const caller: Caller = { userId: "ada", kind: "service", expiresAt: null }

const started = Effect.gen(function* () {
  const { sessionRef } = yield* (yield* Sessions).start(
    caller,
    {
      product: null,
      redirectUrl: null,
      failureRedirectUrl: null,
      restart: true,
      expiresInHours: null,
      pageTitle: null,
      successMessage: null,
      failureMessage: null,
      reference: "order 7"
    },
    null
  )
  return { sessionRef, token: `tok-${tokens}` }
})

const deliver = Effect.fnUntraced(function* (token: string, status: string, created: string) {
  const data = { token, verification_id: `ver_${token}`, status, product: "verifyidentity" }
  const event = { type: "verification.completed", created, environment: "test", data }
  const body = Buffer.from(JSON.stringify(event))
  const signature = `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`
  yield* (yield* WebhookIntake).receive({ body, signature, timestamp: undefined })
})

describe("a program that embeds the service", () => {
  sharing(embedded, { excludeTestServices: true })((it) => {
    it.effect("has an Effect run for each verdict of a hosted session", () =>
      Effect.gen(function* () {
        const { sessionRef, token } = yield* started
        yield* deliver(token, "PASS", "2026-05-17T10:30:00Z")
        const message = yield* Queue.take(yield* Receiver)
        assert.strictEqual(message.type, "verification.passed")
        assert.deepStrictEqual(message.data, {
          session_ref: sessionRef,
          user_id: "ada",
          reference: "order 7",
          product: "verifyidentity",
          environment: "test",
          status: "pass",
          reason: null,
          previous_status: "pending",
          verification_id: `ver_${token}`,
          sequence: 1
        })
        assert.strictEqual((yield* (yield* Sessions).status(caller, sessionRef)).verdict.status, "pass")
        yield* deliver(token, "FAIL", "2026-05-17T10:30:01Z")
        const reversal = yield* Queue.take(yield* Receiver)
        assert.deepInclude(reversal.data, { status: "fail", previous_status: "pass", sequence: 2 })
        assert.notStrictEqual(reversal.id, message.id)
      })
    )

    it.effect("has it run for what the poller finds out about a tracked session", () =>
      Effect.gen(function* () {
        const { session } = yield* (yield* Sessions).track(caller, {
          product: "verifyidentity",
          providerSessionId: "msess_1"
        })
        const { data, type } = yield* Queue.take(yield* Receiver)
        assert.strictEqual(type, "verification.failed")
        assert.deepInclude(data, { session_ref: session.sessionRef, verification_id: "ver_2" })
      })
    )

    it.effect("keeps an action at which the Effect failed, to try again", () =>
      Effect.gen(function* () {
        const records = yield* Records
        const { sessionRef, token } = yield* started
        yield* deliver(token, "PENDING", "2026-05-17T10:30:00Z")
        const { actions, attempts } = yield* records.session(sessionRef).pipe(
          Effect.tap(() => Effect.sleep("50 millis")),
          Effect.repeat({ until: ({ attempts }) => attempts.length > 0 })
        )
        assert.deepStrictEqual(
          attempts.map(({ result, status }) => [result, status]),
          [["failed", null]]
        )
        assert.deepStrictEqual(
          actions.map(({ state, type }) => [type, state]),
          [["verification.in_review", "pending"]]
        )
        assert.strictEqual(yield* Queue.size(yield* Receiver), 0)
      })
    )
  })
})
