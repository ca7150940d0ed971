import { describe, layer as sharing } from "@effect/vitest"
import { planAsSent, planForAnything } from "./postgresPlans.js"
import { findRowsByIndex } from "./rowsByIndex.js"
import { busyDatabase } from "./traffic.js"

describe("PostgreSQL finds rows by index", () => {
  sharing(busyDatabase({ sessions: 20_000, growth: 3 }))((it) => {
    it.effect("as the statements are sent", () => findRowsByIndex(planAsSent))
    it.effect("with plans for whatever parameters", () => findRowsByIndex(planForAnything))
  })
})
