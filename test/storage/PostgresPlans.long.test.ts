import { describe, layer as sharing } from "@effect/vitest"
import { Effect } from "effect"
import { hotMillis, sizesPerSession } from "./postgresFigures.js"
import { planAsSent, planForAnything } from "./postgresPlans.js"
import { findRowsByIndex } from "./rowsByIndex.js"
import { busyDatabase } from "./traffic.js"

const print = (figures: Array<object>) => Effect.sync(() => console.table(figures))

describe("PostgreSQL finds rows by index among a million sessions", () => {
  sharing(busyDatabase({ sessions: 1_000_000, growth: 1 }), { timeout: "1 hour" })((it) => {
    it.effect("as the statements are sent", () => findRowsByIndex(planAsSent))
    it.effect("with plans for whatever parameters", () => findRowsByIndex(planForAnything))
    it.effect("in this time", () => Effect.flatMap(hotMillis, print))
    it.effect("in this space", () => Effect.flatMap(sizesPerSession, print))
  })
})
