import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { onPostgres } from "../postgres/database.js"
import { machineOver } from "./machine.js"
import { proven } from "./runs.js"

describe("Histories: PostgreSQL", () => {
  it.live(
    "the same as on plain maps",
    () =>
      Effect.gen(function* () {
        const told = yield* proven(machineOver(onPostgres), 30)
        assert.isAbove(told.crashes, told.histories)
      }),
    300_000
  )
})
