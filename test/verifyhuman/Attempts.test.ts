import { assert, describe, it } from "@effect/vitest"
import { Clock, Duration, Effect, Exit, Fiber, Random, TestClock, TestContext } from "effect"
import * as fc from "fast-check"
import { type Patience, withAttempts } from "../../src/verifyhuman/Attempts.js"
import {
  ProviderOutOfCredits,
  ProviderRejected,
  ProviderTimeout,
  ProviderUnavailable,
  type RejectionReason,
  type VerifyHumanError
} from "../../src/verifyhuman/VerifyHumanError.js"

type Attempt = Effect.Effect<string, VerifyHumanError>

const patience: Patience = { timeout: Duration.seconds(4), deadline: Duration.seconds(8) }
const unavailable = (retryAfterMillis: number | null = null) => new ProviderUnavailable({ retryAfterMillis })
const rejected = (why: RejectionReason, status: number | null) => new ProviderRejected({ why, status })
const good = Effect.succeed("good")
const never: Attempt = Effect.never
const late = (millis: number, attempt: Attempt) => Effect.delay(attempt, millis)

/** Each attempt ends when it has to, as a transport ends it. */
const attempted = (patience: Patience, attempt: Attempt) =>
  withAttempts(patience, (until) =>
    Effect.flatMap(Clock.currentTimeMillis, (now) =>
      Effect.timeoutFail(attempt, { duration: until - now, onTimeout: () => new ProviderTimeout() })
    )
  )

/** Lets a call play: its attempts in turn, of which the last repeats; `random` is what the jitter draws. */
const play = Effect.fnUntraced(function* (
  attempts: readonly [Attempt, ...Array<Attempt>],
  { limits = patience, random = 0 }: { limits?: Patience; random?: number } = {}
) {
  const begun: Array<number> = []
  const start = yield* Clock.currentTimeMillis
  const since = Effect.map(Clock.currentTimeMillis, (now) => now - start)
  const attempt = Effect.gen(function* () {
    const index = begun.push(yield* since) - 1
    return yield* attempts[index] ?? attempts.at(-1) ?? never
  })
  const fiber = yield* attempted(limits, attempt).pipe(
    Effect.exit,
    Effect.zip(since),
    Effect.withRandom(Random.fixed([random])),
    Effect.fork
  )
  yield* TestClock.adjust("1 hour")
  const [exit, ended] = yield* Fiber.join(fiber)
  return { begun, ended, exit }
})

describe("what is tried again", () => {
  it.effect.each<readonly [string, Attempt]>([
    ["a lost connection, a 5xx or a 429", Effect.fail(unavailable())],
    ["one that says when to come back", Effect.fail(unavailable(1500))],
    ["one that says to come back at once", Effect.fail(unavailable(0))],
    ["an attempt that took too long", never],
    ["a timeout of its own", Effect.fail(new ProviderTimeout())]
  ])("%s", ([, failing]) =>
    Effect.gen(function* () {
      const { begun, exit } = yield* play([failing, good])
      assert.deepStrictEqual(exit, Exit.succeed("good"))
      assert.lengthOf(begun, 2)
    })
  )

  it.effect("as often as there is time", () =>
    Effect.gen(function* () {
      const { begun, exit } = yield* play([
        Effect.fail(unavailable()),
        Effect.fail(unavailable(300)),
        never,
        Effect.fail(unavailable()),
        good
      ])
      assert.deepStrictEqual(exit, Exit.succeed("good"))
      assert.deepStrictEqual(begun, [0, 200, 600, 5400, 7000])
    })
  )
})

describe("what is not tried again", () => {
  it.effect.each<readonly [string, VerifyHumanError]>([
    ["400", rejected("bad_request", 400)],
    ["401", rejected("key_not_accepted", 401)],
    ["402", new ProviderOutOfCredits()],
    ["403", rejected("key_not_accepted", 403)],
    ["404", rejected("not_found", 404)],
    ["409", rejected("unexpected_status", 409)],
    ["422", rejected("bad_request", 422)],
    ["a redirect", rejected("unexpected_status", 302)],
    ["an answer of the wrong shape", rejected("unexpected_shape", null)],
    ["an insecure page", rejected("insecure_hosted_url", null)],
    ["a missing key", rejected("no_api_key", null)]
  ])("%s", ([, error]) =>
    Effect.gen(function* () {
      const { begun, ended, exit } = yield* play([Effect.fail(error), good])
      assert.deepStrictEqual(exit, Exit.fail(error))
      assert.deepStrictEqual(begun, [0])
      assert.strictEqual(ended, 0)
    })
  )

  it.effect("not even after one that was", () =>
    Effect.gen(function* () {
      const { begun, exit } = yield* play([
        Effect.fail(unavailable()),
        Effect.fail(new ProviderOutOfCredits()),
        good
      ])
      assert.deepStrictEqual(exit, Exit.fail(new ProviderOutOfCredits()))
      assert.lengthOf(begun, 2)
    })
  )

  it.effect("a defect, which stays one", () =>
    Effect.gen(function* () {
      const { begun, exit } = yield* play([Effect.die("broken"), good])
      assert.deepStrictEqual(exit, Exit.die("broken"))
      assert.lengthOf(begun, 1)
    })
  )
})

describe("how long", () => {
  it.effect("one attempt may take as long as its timeout, and no longer", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual((yield* play([late(3999, good)])).exit, Exit.succeed("good"))
      const second = yield* play([late(4001, Effect.succeed("late")), good])
      assert.deepStrictEqual(second.exit, Exit.succeed("good"))
      assert.deepStrictEqual(second.begun, [0, 4200])
    })
  )

  it.effect("all attempts together may take as long as the deadline, and no longer", () =>
    Effect.gen(function* () {
      const { begun, ended, exit } = yield* play([never])
      assert.deepStrictEqual(exit, Exit.fail(new ProviderTimeout()))
      assert.deepStrictEqual(begun, [0, 4200])
      assert.strictEqual(ended, 8000)
    })
  )

  it.effect("a timeout beyond the deadline ends with the deadline", () =>
    Effect.gen(function* () {
      const limits = { timeout: Duration.seconds(60), deadline: Duration.seconds(8) }
      const { begun, ended } = yield* play([never], { limits })
      assert.deepStrictEqual(begun, [0])
      assert.strictEqual(ended, 8000)
    })
  )

  it.effect("the last failure stands", () =>
    Effect.gen(function* () {
      const timeoutLast = yield* play([Effect.fail(unavailable(3900)), never])
      assert.deepStrictEqual(timeoutLast.exit, Exit.fail(new ProviderTimeout()))
      const refusalLast = yield* play([never, late(3700, Effect.fail(unavailable()))])
      assert.deepStrictEqual(refusalLast.exit, Exit.fail(unavailable()))
    })
  )

  it.effect("never beyond the deadline, whatever the provider does", () =>
    Effect.promise(() => {
      const millis = fc.nat({ max: 12_000 })
      const attempt = fc.oneof(
        millis.map((wait) => late(wait, good)),
        fc
          .tuple(millis, fc.option(millis))
          .map(([wait, asked]) => late(wait, Effect.fail(unavailable(asked)))),
        fc.constant(never)
      )
      const limits = fc
        .tuple(fc.integer({ min: 1, max: 9000 }), fc.integer({ min: 1, max: 9000 }))
        .map(([timeout, deadline]) => ({
          timeout: Duration.millis(timeout),
          deadline: Duration.millis(deadline)
        }))
      return fc.assert(
        fc.asyncProperty(
          fc.array(attempt, { minLength: 1, maxLength: 5 }),
          limits,
          fc.double({ min: 0, max: 1, noNaN: true }),
          ([first = never, ...others], given, random) =>
            Effect.runPromise(
              Effect.gen(function* () {
                const { begun, ended } = yield* play([first, ...others], { limits: given, random })
                assert.isAtMost(ended, Duration.toMillis(given.deadline))
                for (const [index, at] of begun.entries()) {
                  if (index === 0) continue
                  assert.isAtLeast(at - (begun[index - 1] ?? 0), 100)
                  assert.isAtMost(at, Duration.toMillis(given.deadline) - 100)
                }
              }).pipe(Effect.provide(TestContext.TestContext))
            )
        )
      )
    })
  )
})

describe("Retry-After", () => {
  it.effect.each([500, 1000, 7900])("of %i ms is waited for", (asked) =>
    Effect.gen(function* () {
      const { begun, exit } = yield* play([Effect.fail(unavailable(asked)), good])
      assert.deepStrictEqual(exit, Exit.succeed("good"))
      assert.deepStrictEqual(begun, [0, asked])
    })
  )

  it.effect.each([7901, 8000, 60_000, 86_400_000])(
    "of %i ms is beyond the deadline: given up at once",
    (asked) =>
      Effect.gen(function* () {
        const { begun, ended, exit } = yield* play([Effect.fail(unavailable(asked)), good])
        assert.deepStrictEqual(exit, Exit.fail(unavailable(asked)))
        assert.deepStrictEqual(begun, [0])
        assert.strictEqual(ended, 0)
      })
  )

  it.effect("counts from when it came, towards the one deadline", () =>
    Effect.gen(function* () {
      const busy = late(1000, Effect.fail(unavailable(3000)))
      const { begun, ended, exit } = yield* play([busy])
      assert.deepStrictEqual(exit, Exit.fail(unavailable(3000)))
      assert.deepStrictEqual(begun, [0, 4000])
      assert.strictEqual(ended, 5000)
    })
  )

  it.effect.each([0, 10])("of %i ms does not do away with the back-off", (asked) =>
    Effect.gen(function* () {
      const { begun } = yield* play([Effect.fail(unavailable(asked))])
      assert.deepStrictEqual(begun, [0, 200, 600, 1400, 3000, 5000, 7000])
    })
  )
})

describe("the back-off", () => {
  it.effect.each<readonly [number, ReadonlyArray<number>]>([
    [0, [0, 200, 600, 1400, 3000, 5000, 7000]],
    [0.5, [0, 150, 450, 1050, 2250, 3750, 5250, 6750]],
    [1, [0, 100, 300, 700, 1500, 2500, 3500, 4500, 5500, 6500, 7500]]
  ])("with jitter %d", ([random, expected]) =>
    Effect.gen(function* () {
      const { begun } = yield* play([Effect.fail(unavailable())], { random })
      assert.deepStrictEqual(begun, expected)
    })
  )

  it.effect("differs between callers", () =>
    Effect.gen(function* () {
      const second = Effect.gen(function* () {
        const begun: Array<number> = []
        const attempt = Effect.zipRight(
          Effect.flatMap(Clock.currentTimeMillis, (now) => Effect.sync(() => begun.push(now))),
          Effect.fail(unavailable())
        )
        const fiber = yield* Effect.fork(Effect.exit(attempted(patience, attempt)))
        yield* TestClock.adjust("10 seconds")
        yield* Fiber.join(fiber)
        return (begun[1] ?? 0) - (begun[0] ?? 0)
      })
      const seconds = yield* Effect.replicateEffect(second, 20)
      assert.isAbove(new Set(seconds).size, 10)
    })
  )
})
