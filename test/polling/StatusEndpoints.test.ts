import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { type MobileAnswer, readMobileAnswer } from "../../src/domain/MobileAnswer.js"
import { outcomeTable } from "../../src/domain/Outcome.js"
import type { Product } from "../../src/domain/Product.js"
import { rejected } from "../../src/verifyhuman/Exchange.js"
import { VerifyHumanClient, type VerifyHumanOptions } from "../../src/verifyhuman/VerifyHumanClient.js"
import {
  ProviderOutOfCredits,
  ProviderTimeout,
  ProviderUnavailable,
  type VerifyHumanError
} from "../../src/verifyhuman/VerifyHumanError.js"
import { aSandbox, clientKey } from "../sandbox/harness.js"
import { aSession, products } from "../sandbox/mobileSession.js"
import { clientOf, impatient } from "../verifyhuman/provider.js"

const statusOf = (url: string, product: Product, id: string, overrides: Partial<VerifyHumanOptions> = {}) =>
  Effect.flatMap(VerifyHumanClient, (client) => client.status(product, id)).pipe(
    Effect.provide(clientOf(url, { clientKey: Redacted.make(clientKey), ...overrides }))
  )

/** What the poller would make of an answer. */
const read = (product: Product, providerSessionId: string, json: unknown): MobileAnswer =>
  readMobileAnswer(json, { product, providerSessionId, environment: "test" }, outcomeTable())

const ask = Effect.fnUntraced(function* (product: Product, behaviour: string) {
  const sandbox = yield* aSandbox()
  const { id } = yield* aSession(sandbox, { product, behaviour })
  const status = statusOf(sandbox.url, product, id, behaviour === "hang" ? impatient : {})
  return read(product, id, (yield* status).json)
})

describe.each(products)("the status endpoint of %s, at the sandbox", (product) => {
  it.scopedLive.each(["bearer", "x-api-key"] as const)("tells who has the key, by %s", (authScheme) =>
    Effect.gen(function* () {
      const sandbox = yield* aSandbox()
      const { id } = yield* aSession(sandbox, { product, outcome: "FAIL" })
      const { body, json } = yield* statusOf(sandbox.url, product, id, { authScheme })
      assert.deepStrictEqual(JSON.parse(Buffer.from(body).toString()), json)
      assert.deepInclude(read(product, id, json), {
        _tag: "Told",
        outcome: "declined",
        providerStatus: "FAIL"
      })
      const stranger = statusOf(sandbox.url, product, id, {
        authScheme,
        clientKey: Redacted.make("pk_other")
      })
      assert.deepStrictEqual({ ...(yield* Effect.flip(stranger)) }, { ...rejected("key_not_accepted", 401) })
    })
  )

  it.scopedLive("says that nothing is decided yet", () =>
    Effect.gen(function* () {
      const sandbox = yield* aSandbox()
      const { id } = yield* aSession(sandbox, { product, outcome: null })
      const { json } = yield* statusOf(sandbox.url, product, id)
      assert.deepStrictEqual(read(product, id, json), { _tag: "NotYet" })
    })
  )

  it.scopedLive("knows no session but its own", () =>
    Effect.gen(function* () {
      const sandbox = yield* aSandbox()
      const error = yield* Effect.flip(statusOf(sandbox.url, product, "nobody/../?x=1"))
      assert.deepStrictEqual({ ...error }, { ...rejected("not_found", 404) })
    })
  )

  it.scopedLive.each<[string, VerifyHumanError]>([
    ["401", rejected("key_not_accepted", 401)],
    ["402", new ProviderOutOfCredits()],
    ["403", rejected("key_not_accepted", 403)],
    ["429", new ProviderUnavailable({ retryAfterMillis: 1000, throttled: true })],
    ["500", new ProviderUnavailable({ retryAfterMillis: null })],
    ["hang", new ProviderTimeout()],
    ["cut", new ProviderUnavailable({ retryAfterMillis: null })]
  ])("in trouble: %s", ([behaviour, expected]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(ask(product, behaviour))
      assert.deepStrictEqual({ ...error }, { ...expected })
    })
  )

  it.scopedLive.each([
    ["wrong-shape", "other_session"],
    ["wrong-product", "other_product"],
    ["wrong-session", "other_session"],
    ["wrong-environment", "other_environment"],
    ["no-success", "not_successful"]
  ] as const)("lying: %s", ([behaviour, why]) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* ask(product, behaviour), { _tag: "Unusable", why })
    })
  )
})

describe("without a client key", () => {
  it.scopedLive("nothing is asked", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(statusOf("http://127.0.0.1:1", "verifyage", "x", { clientKey: null }))
      assert.deepStrictEqual({ ...error }, { ...rejected("no_client_key") })
    })
  )
})
