import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { machineOnFile, machineOver, sqliteInMemory } from "./machine.js"
import { proven } from "./runs.js"

describe("Histories: SQLite", () => {
  it.live(
    "in memory: the same as on plain maps",
    () =>
      Effect.gen(function* () {
        const told = yield* proven(machineOver(sqliteInMemory), 300)
        assert.isAbove(told.crashes, told.histories)
      }),
    300_000
  )

  it.live(
    "in a file that every crash closes: what was committed is there when it is opened again",
    () =>
      Effect.gen(function* () {
        const told = yield* proven(machineOnFile, 60)
        assert.isAbove(told.crashes, told.histories)
      }),
    300_000
  )
})
