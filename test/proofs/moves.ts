import * as fc from "fast-check"
import { type Step, step } from "./steps.js"

/** What happens at once with other things: a step of a history, or what only several nodes make dangerous. */
export type Move =
  | Step
  | { readonly _tag: "Redeliver"; readonly which: number }
  | { readonly _tag: "TakePolls" }
  | { readonly _tag: "Erase"; readonly user: number }
  | { readonly _tag: "Purge" }

/** Several workers' moves, done at once, and how long nodes pause between statements, in turn. */
export interface Commotion {
  readonly opened: ReadonlyArray<number>
  readonly workers: ReadonlyArray<ReadonlyArray<Move>>
  readonly pauses: ReadonlyArray<number>
}

const number = fc.nat({ max: 40 })

const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 60, arbitrary: step },
  { weight: 6, arbitrary: fc.record({ _tag: fc.constant("Redeliver" as const), which: number }) },
  { weight: 3, arbitrary: fc.constant({ _tag: "TakePolls" as const }) },
  { weight: 1, arbitrary: fc.constant({ _tag: "Purge" as const }) }
)

const erasure: fc.Arbitrary<Move> = fc.record({
  _tag: fc.constant("Erase" as const),
  user: fc.nat({ max: 2 })
})

const moves = (maxLength: number, kind: fc.Arbitrary<Move>) =>
  fc.array(kind, { minLength: 4, maxLength, size: "max" })

/** Erasures in every second one only: without them, more can be said of the end. */
export const commotions: fc.Arbitrary<Commotion> = fc.boolean().chain((erasing) =>
  fc.record({
    opened: fc.array(fc.nat({ max: 2 }), { minLength: 1, maxLength: 4, size: "max" }),
    workers: fc.array(
      moves(
        16,
        erasing ? fc.oneof({ weight: 40, arbitrary: move }, { weight: 1, arbitrary: erasure }) : move
      ),
      { minLength: 8, maxLength: 12, size: "max" }
    ),
    pauses: fc.array(fc.constantFrom(0, 0, 0, 0, 0, 0, 1, 2, 5), {
      minLength: 20,
      maxLength: 40,
      size: "max"
    })
  })
)
