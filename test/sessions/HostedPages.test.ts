import { assert, describe, it } from "@effect/vitest"
import { Effect, Either, HashMap, Layer, Logger } from "effect"
import { identifier } from "../../src/domain/Correlation.js"
import { HostedPages } from "../../src/sessions/HostedPages.js"
import type { StartFailed } from "../../src/sessions/SessionErrors.js"
import { planStart, type StartCommand } from "../../src/sessions/StartPlan.js"
import {
  type HostedRequest,
  type HostedSession,
  VerifyHumanClient
} from "../../src/verifyhuman/VerifyHumanClient.js"
import {
  ProviderOutOfCredits,
  ProviderRejected,
  ProviderTimeout,
  ProviderUnavailable,
  type VerifyHumanError
} from "../../src/verifyhuman/VerifyHumanError.js"
import { aRef, unique } from "../suites/fixtures.js"
import { aCommand, aPolicy, type Policy } from "./policy.js"

const aPlan = (command: Partial<StartCommand> = {}, policy: Partial<Policy> = {}) =>
  Either.getOrThrow(planStart(aPolicy(policy), aCommand(command)))

const aHostedSession = (overrides: Partial<HostedSession> = {}): HostedSession => {
  const token = unique("tok-")
  return {
    hostedUrl: `https://app.verifyhuman.io/hosted/v/${token}`,
    token,
    expiresAt: 1_779_013_800_000,
    answer: { token },
    ...overrides
  }
}

/** Pages of a provider that answers so; every request to it is noted in `asked`. */
const pages = (answer: Effect.Effect<HostedSession, VerifyHumanError>, asked: Array<HostedRequest> = []) =>
  HostedPages.layer.pipe(
    Layer.provide(
      Layer.mock(VerifyHumanClient, {
        generate: (request) =>
          Effect.suspend(() => {
            asked.push(request)
            return answer
          })
      })
    )
  )

const make = (plan: ReturnType<typeof aPlan>, sessionRef = aRef()) =>
  Effect.flatMap(HostedPages, (hosted) => hosted.make(plan, sessionRef))

describe("a hosted page", () => {
  it.effect("is the provider's, with every identifier that its answer carries", () => {
    const token = unique("tok-")
    const hosted = aHostedSession({ token, answer: { token, metadata: { reference_id: "r-1" }, note: "n" } })
    return Effect.gen(function* () {
      assert.deepStrictEqual(yield* make(aPlan()), {
        url: hosted.hostedUrl,
        expiresAt: hosted.expiresAt,
        identifiers: [identifier("token", token), identifier("reference_id", "r-1")],
        confirmable: true
      })
    }).pipe(Effect.provide(pages(Effect.succeed(hosted))))
  })

  it.effect("is asked for as planned, with the session and the result in the redirects", () => {
    const asked: Array<HostedRequest> = []
    const sessionRef = aRef()
    const plan = aPlan({
      product: "verifyage",
      redirectUrl: "myapp://verified?a=1&result=x",
      failureRedirectUrl: "https://app.example/done",
      expiresInHours: 5,
      pageTitle: "title",
      successMessage: "good",
      failureMessage: "bad"
    })
    return Effect.gen(function* () {
      yield* make(plan, sessionRef)
      assert.lengthOf(asked, 1)
      assert.deepInclude(asked[0], {
        product: "verifyage",
        redirectUrl: `myapp://verified?a=1&session_ref=${sessionRef}&result=pass`,
        failureRedirectUrl: `https://app.example/done?session_ref=${sessionRef}&result=fail`,
        expiresInHours: 5,
        pageTitle: "title",
        successMessage: "good",
        failureMessage: "bad"
      })
    }).pipe(Effect.provide(pages(Effect.succeed(aHostedSession()), asked)))
  })

  it.effect("is asked for without redirects where there are none", () => {
    const asked: Array<HostedRequest> = []
    return Effect.gen(function* () {
      yield* make(aPlan())
      assert.deepInclude(asked[0], { redirectUrl: null, failureRedirectUrl: null })
    }).pipe(Effect.provide(pages(Effect.succeed(aHostedSession()), asked)))
  })
})

describe("the page of a Flow", () => {
  it.effect("is the Flow URL with the session in it, and nobody is asked", () => {
    const asked: Array<HostedRequest> = []
    const sessionRef = aRef()
    const flowUrl = "https://flow.example/{session_ref}?ref={session_ref}"
    return Effect.gen(function* () {
      assert.deepStrictEqual(yield* make(aPlan({}, { flowUrl }), sessionRef), {
        url: `https://flow.example/${sessionRef}?ref=${sessionRef}`,
        expiresAt: null,
        identifiers: [],
        confirmable: true
      })
      assert.lengthOf(asked, 0)
    }).pipe(Effect.provide(pages(Effect.succeed(aHostedSession()), asked)))
  })

  it.effect("cannot be confirmed where the session is not in it", () =>
    Effect.gen(function* () {
      const flowUrl = "https://flow.example/f/1"
      assert.deepInclude(yield* make(aPlan({}, { flowUrl })), { url: flowUrl, confirmable: false })
    }).pipe(Effect.provide(pages(Effect.succeed(aHostedSession()))))
  )
})

describe("a provider that gives no page", () => {
  it.effect.each<readonly [VerifyHumanError, Pick<StartFailed, "failure" | "retryAfterMillis">]>([
    [
      new ProviderRejected({ why: "key_not_accepted", status: 401 }),
      { failure: "provider_rejected", retryAfterMillis: null }
    ],
    [
      new ProviderRejected({ why: "unexpected_shape", status: null }),
      { failure: "provider_rejected", retryAfterMillis: null }
    ],
    [new ProviderOutOfCredits(), { failure: "provider_out_of_credits", retryAfterMillis: null }],
    [
      new ProviderUnavailable({ retryAfterMillis: null }),
      { failure: "provider_unavailable", retryAfterMillis: null }
    ],
    [
      new ProviderUnavailable({ retryAfterMillis: 300_000 }),
      { failure: "provider_unavailable", retryAfterMillis: 300_000 }
    ],
    [new ProviderTimeout(), { failure: "provider_timeout", retryAfterMillis: null }]
  ])("%j", ([error, failed]) => {
    const lines: Array<string> = []
    const log = Logger.make(({ annotations, logLevel, message }) => {
      lines.push(JSON.stringify([logLevel.label, message, [...HashMap.toEntries(annotations)]]))
    })
    return Effect.gen(function* () {
      const failure = yield* Effect.flip(make(aPlan()))
      assert.deepStrictEqual({ ...failure }, { _tag: "StartFailed", ...failed })
      assert.lengthOf(lines, 1)
      assert.include(lines[0], "WARN")
      assert.include(lines[0], error._tag)
    }).pipe(Effect.provide([pages(Effect.fail(error)), Logger.replace(Logger.defaultLogger, log)]))
  })
})
