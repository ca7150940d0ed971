import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { tablesMemory } from "../../src/storage/memory/TablesMemory.js"
import { onPostgres } from "../postgres/database.js"
import { machineOnFile, machineOver, sqliteInMemory } from "./machine.js"
import { proven } from "./runs.js"

describe("Histories, many more", () => {
  it.live.each([
    ["memory", machineOver(tablesMemory), 20_000],
    ["SQLite in memory", machineOver(sqliteInMemory), 5000],
    ["an SQLite file", machineOnFile, 1000],
    ["PostgreSQL", machineOver(onPostgres), 300]
  ] as const)("on %s", ([, machine, runs]) =>
    Effect.gen(function* () {
      const told = yield* proven(machine, runs)
      assert.isAbove(told.crashes, told.histories)
    })
  )
})
