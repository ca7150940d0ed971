import { Effect } from "effect"
import { StorageUnavailable } from "../../src/domain/StorageUnavailable.js"
import type { Around } from "../suites/interceptedTables.js"
import type { Crash } from "./steps.js"

/** Crashes a process at a chosen point of its work, and knows what had been committed by then. */
export interface Faults {
  readonly around: Around
  readonly arm: (crash: Crash | null) => void
  /** Since it was armed. */
  readonly crashedAt: () => string | null
  readonly committed: () => boolean
}

const crashed = (how: Crash["how"]): Effect.Effect<never, StorageUnavailable> => {
  switch (how) {
    case "die":
      return Effect.die("crash")
    case "fail":
      return Effect.fail(new StorageUnavailable({ operation: "crash", cause: null }))
    case "interrupt":
      return Effect.interrupt
  }
}

export const makeFaults = (): Faults => {
  let armed: Crash | null = null
  let point = 0
  let crashedAt: string | null = null
  let committed = false
  let inTransaction = false

  const pass = (name: string): Effect.Effect<void, StorageUnavailable> =>
    Effect.suspend(() => {
      if (armed === null || crashedAt !== null || point++ !== armed.at) return Effect.void
      crashedAt = name
      return crashed(armed.how)
    })

  return {
    around: (name, statement) => {
      const isTransaction = name === "after commit"
      const endangered = Effect.gen(function* () {
        yield* pass(`before ${isTransaction ? "begin" : name}`)
        if (isTransaction) inTransaction = true
        const result = yield* Effect.onExit(statement, (exit) =>
          Effect.sync(() => {
            if (isTransaction) inTransaction = false
            if (exit._tag === "Success" && !inTransaction) committed = true
          })
        )
        yield* pass(isTransaction ? name : `after ${name}`)
        return result
      })
      return Effect.suspend(() => (armed === null ? statement : endangered))
    },
    arm: (crash) => {
      armed = crash
      point = 0
      crashedAt = null
      committed = false
    },
    crashedAt: () => crashedAt,
    committed: () => committed
  }
}
