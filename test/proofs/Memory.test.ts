import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { tablesMemory } from "../../src/storage/memory/TablesMemory.js"
import { machineOver } from "./machine.js"
import { proven } from "./runs.js"

describe("Histories: memory", () => {
  it.live(
    "whatever happens and wherever it crashes, nothing is lost, doubled or given to another",
    () =>
      Effect.gen(function* () {
        const told = yield* proven(machineOver(tablesMemory), 2000)
        assert.isAbove(told.crashes, told.histories)
        assert.isAbove(told.changes, told.histories)
      }),
    300_000
  )
})
