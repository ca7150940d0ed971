import { createHmac } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import { Effect, HashMap, Layer, Logger, Redacted, TestClock } from "effect"
import { outcomeTable } from "../../src/domain/Outcome.js"
import type { SignatureSetting, SignedDelivery } from "../../src/domain/Signature.js"
import { RejectedDeliveries } from "../../src/webhooks/RejectedDeliveries.js"
import { WebhookPolicy } from "../../src/webhooks/WebhookPolicy.js"
import { WebhookVerifier } from "../../src/webhooks/WebhookVerifier.js"

const secrets = ["whsec_c2FuZGJveC1zZWNyZXQtb25l", "whsec_c2FuZGJveC1zZWNyZXQtdHdv"] as const
const now = 1_779_013_800_000
const body = '{"id":"evt_1","data":{"status":"PASS"}}'

const layer = (scheme: SignatureSetting = "either", given: readonly [string, ...Array<string>] = secrets) => {
  const [first, ...others] = given
  const policy = Layer.succeed(WebhookPolicy, {
    secrets: [Redacted.make(first), ...others.map((secret) => Redacted.make(secret))],
    scheme,
    outcomes: outcomeTable()
  })
  return Layer.provideMerge(
    WebhookVerifier.layer,
    Layer.merge(policy, Layer.fresh(RejectedDeliveries.layerMemory))
  )
}

const signed = (secret: string, timestamp?: number): SignedDelivery => {
  const text = timestamp === undefined ? body : `${timestamp}.${body}`
  return {
    body: Buffer.from(body),
    signature: `sha256=${createHmac("sha256", secret).update(text).digest("hex")}`,
    timestamp: timestamp === undefined ? undefined : String(timestamp)
  }
}

const wrong = signed("whsec_another")
const unsigned: SignedDelivery = { ...wrong, signature: undefined }

const verify = (delivery: SignedDelivery) =>
  Effect.flatMap(WebhookVerifier, (verifier) => verifier.verify(delivery))
const turnedAway = (delivery: SignedDelivery) => Effect.flip(verify(delivery))
const count = Effect.flatMap(RejectedDeliveries, (rejected) => rejected.count)
const recent = Effect.flatMap(RejectedDeliveries, (rejected) => rejected.recent)

describe("WebhookVerifier", () => {
  it.effect("says by which scheme and secret a delivery was signed, and when it came", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now)
      assert.deepInclude(yield* verify(signed(secrets[0])), {
        scheme: "body",
        secretIndex: 0,
        stale: false,
        receivedAt: now
      })
      assert.deepInclude(yield* verify(signed(secrets[1], now / 1000)), {
        scheme: "timestamp.body",
        secretIndex: 1,
        stale: false,
        receivedAt: now
      })
      assert.strictEqual(yield* count, 0)
      assert.deepStrictEqual(yield* recent, [])
    }).pipe(Effect.provide(layer()))
  )

  it.effect("turns everybody else away with the same empty error", () =>
    Effect.gen(function* () {
      for (const delivery of [wrong, unsigned, { ...wrong, signature: "sha256=" }]) {
        assert.deepStrictEqual({ ...(yield* turnedAway(delivery)) }, { _tag: "SignatureNotAccepted" })
      }
      assert.deepStrictEqual(
        (yield* recent).map(({ reason }) => reason),
        ["malformed", "missing", "wrong"]
      )
    }).pipe(Effect.provide(layer()))
  )

  it.effect("takes no scheme but the configured one, and tells the operator of the other", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now)
      yield* turnedAway(signed(secrets[0], now / 1000))
      assert.deepStrictEqual(yield* recent, [
        {
          at: now,
          reason: "wrong",
          bytes: body.length,
          diagnosis: [
            "secret 1 as configured, over the body as received, with scheme timestamp.body, would match"
          ]
        }
      ])
    }).pipe(Effect.provide(layer("body")))
  )

  it.effect("judges freshness by the clock at receipt, and keeps what is stale", () =>
    Effect.gen(function* () {
      const delivery = signed(secrets[0], now / 1000)
      yield* TestClock.setTime(now + 300_999)
      assert.isFalse((yield* verify(delivery)).stale)
      yield* TestClock.setTime(now + 301_000)
      assert.isTrue((yield* verify(delivery)).stale)
      yield* TestClock.setTime(now - 301_000)
      assert.isTrue((yield* verify(delivery)).stale)
      assert.deepStrictEqual(
        (yield* recent).map(({ reason, diagnosis }) => ({ reason, diagnosis })),
        [
          {
            reason: "stale",
            diagnosis: ["signed 301 s ahead, more than 300 s: a clock is wrong, or the delivery is old"]
          },
          {
            reason: "stale",
            diagnosis: ["signed 301 s ago, more than 300 s: a clock is wrong, or the delivery is old"]
          }
        ]
      )
      assert.strictEqual(yield* count, 2)
    }).pipe(Effect.provide(layer()))
  )

  it.effect("diagnoses five a second, and counts all", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now)
      yield* Effect.replicateEffect(turnedAway(wrong), 20)
      assert.lengthOf(yield* recent, 5)
      yield* TestClock.adjust("999 millis")
      yield* turnedAway(wrong)
      assert.lengthOf(yield* recent, 5)
      yield* TestClock.adjust("1 millis")
      yield* Effect.replicateEffect(turnedAway(wrong), 20)
      assert.lengthOf(yield* recent, 10)
      assert.strictEqual(yield* count, 41)
    }).pipe(Effect.provide(layer()))
  )

  it.effect("accepts good deliveries however many others were turned away", () =>
    Effect.gen(function* () {
      yield* Effect.replicateEffect(turnedAway(wrong), 50)
      assert.isFalse((yield* verify(signed(secrets[0]))).stale)
    }).pipe(Effect.provide(layer()))
  )

  it.effect("keeps the last hundred, newest first", () =>
    Effect.gen(function* () {
      for (let second = 0; second < 30; second++) {
        yield* TestClock.setTime(now + second * 1000)
        yield* Effect.replicateEffect(turnedAway(unsigned), 4)
      }
      const kept = yield* recent
      assert.strictEqual(yield* count, 120)
      assert.deepStrictEqual(
        kept.map(({ at }) => at),
        Array.from({ length: 100 }, (_, i) => now + (29 - Math.floor(i / 4)) * 1000)
      )
    }).pipe(Effect.provide(layer()))
  )

  it.effect("tells the log why, and neither there nor in memory a secret, a signature or a body", () =>
    Effect.gen(function* () {
      const lines: Array<string> = []
      const log = Logger.make(({ annotations, message }) => {
        lines.push(
          JSON.stringify({ message, annotations: Object.fromEntries(HashMap.toEntries(annotations)) })
        )
      })
      const old = signed(secrets[0], 1_000_000_000)
      const other = signed(secrets[1].slice("whsec_".length))
      yield* TestClock.setTime(now)
      yield* Effect.all([turnedAway(wrong), turnedAway(other), verify(old)]).pipe(
        Effect.provide(Logger.replace(Logger.defaultLogger, log))
      )
      assert.lengthOf(lines, 3)
      assert.include(lines[0], "no configured secret matches")
      assert.include(lines[1], "secret 2 without its whsec_ prefix")
      assert.include(lines[2], "signed 779013800 s ago")
      const shown = `${lines.join("\n")}${JSON.stringify(yield* recent)}`
      for (const secret of secrets) assert.notInclude(shown, secret.slice("whsec_".length))
      for (const { signature = "sha256=-" } of [wrong, other, old]) {
        assert.notInclude(shown, signature.slice("sha256=".length))
      }
      assert.notInclude(shown, "evt_1")
    }).pipe(Effect.provide(layer()))
  )
})
