import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { provenAtOnce } from "./concurrency.js"

describe("Concurrency, many more", () => {
  it.scopedLive("on PostgreSQL", () =>
    Effect.gen(function* () {
      const told = yield* provenAtOnce(600)
      assert.isAbove(told.counted, told.commotions)
    })
  )
})
