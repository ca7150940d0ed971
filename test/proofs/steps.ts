import * as fc from "fast-check"
import type { Product } from "../../src/domain/Product.js"

/** Where a process dies: at the `at`th point of a step's statements, and in which way it shows. */
export interface Crash {
  readonly at: number
  readonly how: "die" | "fail" | "interrupt"
}

export interface WebhookStep {
  readonly _tag: "Webhook"
  readonly id: string | null
  readonly type: string
  readonly environment: string | null
  readonly product: Product
  readonly status: string
  readonly created: string | null
  readonly token: string | null
  readonly reference: string | null
  readonly verificationId: string | null
  /** Names the session with this number by its `session_ref`, when there is one. */
  readonly session: number | null
  readonly stale: boolean
  readonly readable: boolean
}

/** What happens in a history. Numbers name things that exist by then, counted round. */
export type Step =
  | {
      readonly _tag: "Start"
      readonly user: number
      readonly slot: number
      readonly restart: boolean
      readonly key: number | null
    }
  | {
      /** The provider answers a start that is under way. */
      readonly _tag: "Answer"
      readonly which: number
      readonly token: string
      readonly reference: string | null
      readonly verificationId: string | null
      readonly kind: "page" | "shared page" | "failure"
    }
  | { readonly _tag: "Track"; readonly user: number; readonly product: Product; readonly id: string }
  | WebhookStep
  | { readonly _tag: "SendAgain" }
  | {
      readonly _tag: "PollAnswer"
      readonly which: number
      readonly status: string
      readonly verificationId: string | null
    }
  | { readonly _tag: "Expire" }
  | { readonly _tag: "Claim" }
  | {
      readonly _tag: "Deliver"
      readonly which: number
      readonly end: "taken" | "taken, then the worker dies" | "refused" | "gone" | "the worker dies"
    }
  | { readonly _tag: "Link"; readonly event: number; readonly session: number }
  | { readonly _tag: "Replay"; readonly event: number }
  | { readonly _tag: "Redrive"; readonly which: number }
  | { readonly _tag: "Wait"; readonly millis: number }

export interface Turn {
  readonly step: Step
  readonly crash: Crash | null
}

const number = fc.nat({ max: 11 })
const numbered = (prefix: string, max: number) => fc.nat({ max }).map((n) => `${prefix}${n}`)
const mostly = <A>(usual: A, ...others: ReadonlyArray<A>) =>
  fc.oneof({ weight: 8, arbitrary: fc.constant(usual) }, ...others.map(fc.constant))
const often = <A>(arbitrary: fc.Arbitrary<A>) => fc.option(arbitrary, { nil: null, freq: 5 })
const seldom = <A>(arbitrary: fc.Arbitrary<A>) =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(null) }, { weight: 1, arbitrary })

/** Few of each, so that they meet. */
const token = numbered("tok-", 5)
const reference = numbered("ref-", 2)
const verificationId = numbered("ver-", 6)
const product = fc.constantFrom<Product>(
  "verifyidentity",
  "verifyidentity",
  "verifyidentity",
  "verifyidentity",
  "verifyhuman"
)
const status = fc.constantFrom("PASS", "PASS", "FAIL", "PENDING", "PENDING", "error", "throttled")

const webhook: fc.Arbitrary<Step> = fc.record({
  _tag: fc.constant("Webhook" as const),
  id: fc.option(numbered("evt-", 30), { nil: null, freq: 6 }),
  type: mostly("verification.completed", "test.ping", "verification.started"),
  environment: mostly<string | null>("test", "live", null),
  product,
  status,
  created: fc.constantFrom(
    null,
    "2026-05-17T10:30:00Z",
    "2026-05-17T10:30:00.000001Z",
    "2026-05-17T12:30:00.000002+02:00",
    "2026-05-17T10:31:00Z"
  ),
  token: often(token),
  reference: seldom(reference),
  verificationId: fc.option(verificationId, { nil: null, freq: 1 }),
  session: seldom(number),
  stale: mostly(false, true),
  readable: mostly(true, true, false)
})

export const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      _tag: fc.constant("Start" as const),
      user: fc.nat({ max: 2 }),
      slot: mostly(0, 1),
      restart: fc.boolean(),
      key: fc.option(fc.nat({ max: 1 }), { nil: null, freq: 1 })
    })
  },
  {
    weight: 5,
    arbitrary: fc.record({
      _tag: fc.constant("Answer" as const),
      which: number,
      token,
      reference: seldom(reference),
      verificationId: fc.option(verificationId, { nil: null, freq: 1 }),
      kind: mostly<"page" | "shared page" | "failure">("page", "shared page", "failure")
    })
  },
  {
    weight: 2,
    arbitrary: fc.record({
      _tag: fc.constant("Track" as const),
      user: fc.nat({ max: 2 }),
      product,
      id: fc.oneof(reference, verificationId)
    })
  },
  { weight: 12, arbitrary: webhook },
  { weight: 1, arbitrary: fc.constant({ _tag: "SendAgain" as const }) },
  {
    weight: 2,
    arbitrary: fc.record({
      _tag: fc.constant("PollAnswer" as const),
      which: number,
      status,
      verificationId: seldom(verificationId)
    })
  },
  { weight: 2, arbitrary: fc.constant({ _tag: "Expire" as const }) },
  { weight: 3, arbitrary: fc.constant({ _tag: "Claim" as const }) },
  {
    weight: 4,
    arbitrary: fc.record({
      _tag: fc.constant("Deliver" as const),
      which: number,
      end: fc.constantFrom<Extract<Step, { _tag: "Deliver" }>["end"]>(
        "taken",
        "taken",
        "taken, then the worker dies",
        "refused",
        "gone",
        "the worker dies"
      )
    })
  },
  {
    weight: 2,
    arbitrary: fc.record({ _tag: fc.constant("Link" as const), event: fc.nat({ max: 40 }), session: number })
  },
  { weight: 2, arbitrary: fc.record({ _tag: fc.constant("Replay" as const), event: fc.nat({ max: 40 }) }) },
  { weight: 1, arbitrary: fc.record({ _tag: fc.constant("Redrive" as const), which: number }) },
  {
    weight: 3,
    arbitrary: fc.record({
      _tag: fc.constant("Wait" as const),
      millis: fc.constantFrom(1000, 10_000, 20_000, 300_000, 3_900_000, 15 * 24 * 3_600_000)
    })
  }
)

const crash: fc.Arbitrary<Crash> = fc.record({
  at: fc.nat({ max: 45 }),
  how: fc.constantFrom("die", "fail", "interrupt")
})

const turn: fc.Arbitrary<Turn> = fc.record({ step, crash: fc.option(crash, { nil: null, freq: 1 }) })

/** Some sessions that are open from the beginning, so that most histories have something to decide. */
const beginning = fc.array(fc.nat({ max: 2 }), { maxLength: 4, size: "max" }).map((users) =>
  users.flatMap((user, index): ReadonlyArray<Turn> => {
    const start: Step = { _tag: "Start", user, slot: 0, restart: true, key: null }
    const page = { reference: null, verificationId: null, kind: "page" } as const
    return [
      { step: start, crash: null },
      { step: { _tag: "Answer", which: 0, token: `tok-${index}`, ...page }, crash: null }
    ]
  })
)

/** A history: random interleavings of all that can happen, every second turn in danger of a crash. */
export const histories: fc.Arbitrary<ReadonlyArray<Turn>> = fc
  .tuple(beginning, fc.array(turn, { minLength: 5, maxLength: 50, size: "max" }))
  .map(([first, rest]) => [...first, ...rest])
