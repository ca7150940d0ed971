import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { provenAtOnce } from "./concurrency.js"

describe("Concurrency: PostgreSQL", () => {
  it.scopedLive(
    "whatever several nodes do at once, it ends as if they had done it one after another",
    () =>
      Effect.gen(function* () {
        const told = yield* provenAtOnce(60)
        assert.isAbove(told.counted, told.commotions)
        assert.isAbove(told.erasures, 0)
      }),
    300_000
  )
})
