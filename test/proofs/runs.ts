import { Effect, type Scope } from "effect"
import * as fc from "fast-check"
import { live } from "./History.js"
import type { Machine } from "./machine.js"
import { histories } from "./steps.js"

export const given = (name: string): number | null => {
  const text = process.env[name]
  return text === undefined || text === "" ? null : Number(text)
}

/** A history never waits for anything outside: without a turn of its own, the test runner would hear nothing for minutes. */
export const ownTurn = () => new Promise((resolve) => setImmediate(resolve))

/**
 * Lives many histories, each on a machine of its own. A failure prints its seed and the shortest history that still
 * fails; `PROOF_SEED` repeats it, `PROOF_RUNS` says how many.
 */
export const proven = <E>(machine: Effect.Effect<Machine, E, Scope.Scope>, runs: number) =>
  Effect.promise(async () => {
    const told = { histories: 0, crashes: 0, changes: 0, acknowledged: 0 }
    const seed = given("PROOF_SEED")
    await fc.assert(
      fc.asyncProperty(histories, async (turns) => {
        const lived = await Effect.runPromise(
          Effect.scoped(Effect.flatMap(machine, (booted) => live(booted, turns)))
        )
        told.histories++
        told.crashes += lived.crashes
        told.changes += lived.changes
        told.acknowledged += lived.acknowledged
        await ownTurn()
      }),
      { numRuns: given("PROOF_RUNS") ?? runs, ...(seed === null ? {} : { seed }) }
    )
    console.log(
      `${told.histories} histories, ${told.crashes} crashes, ${told.acknowledged} webhooks acknowledged, ${told.changes} changes of a verdict`
    )
    return told
  })
