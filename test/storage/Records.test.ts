import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import type { StorageUnavailable } from "../../src/domain/StorageUnavailable.js"
import { Records } from "../../src/operators/Records.js"
import { tablesMemory } from "../../src/storage/memory/TablesMemory.js"
import { Tables } from "../../src/storage/Tables.js"
import { admit, aHostedSession } from "../suites/fixtures.js"
import { type Around, interceptedTables } from "../suites/interceptedTables.js"
import { testPorts } from "../suites/storage.js"

describe("Records", () => {
  it.effect("tell each change once, when the verdict changes between their reads", () => {
    let meanwhile: Effect.Effect<void, StorageUnavailable> = Effect.void
    const around: Around = (name, statement) =>
      name === "pastVerdicts.ofSession" ? Effect.zipRight(meanwhile, statement) : statement
    return Effect.gen(function* () {
      const { session } = yield* Records
      const { pastVerdicts } = yield* Tables
      const { sessionRef, token } = yield* aHostedSession
      yield* admit({ token })
      const { verdicts } = yield* session(sessionRef)
      assert.deepStrictEqual(
        verdicts.map(({ sequence }) => sequence),
        [1]
      )
      meanwhile = Effect.forEach(verdicts, pastVerdicts.insert, { discard: true })
      assert.deepStrictEqual((yield* session(sessionRef)).verdicts, verdicts)
    }).pipe(
      Effect.provide(Layer.provideMerge(testPorts, interceptedTables(tablesMemory, Effect.succeed(around))))
    )
  })
})
