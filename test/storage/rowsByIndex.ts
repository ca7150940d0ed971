import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { overheard } from "./overheard.js"
import type { PlanNode, PlanOf } from "./postgresPlans.js"
import type { StatementName } from "./statements.js"
import { askedOfLatest } from "./traffic.js"

type Read = readonly [StatementName, string]

/** Indexes that are read from one end to the other, or until there is enough. */
const wholeIndexes: Array<Read> = [
  // A figure for operators: it counts, and where few sessions are there the events' index is read beside it.
  ["sessions.countExpiredWithoutEvent", "events_by_session"],
  // All that are pending, where these are few.
  ["actions.oldestPending", "actions_due"],
  // Its first rows are the page.
  ["audit.list from the first", "audit_by_age"]
]

const sorting: Array<StatementName> = [
  // Of those that are pending, where these are few.
  "actions.oldestPending",
  // Of one session.
  "events.ofSession",
  "actions.attemptsOf",
  // Of what operators did to one session's events.
  "audit.ofTargets",
  // Of one identifier.
  "events.waiting"
]

const isIndexScan = (node: PlanNode) =>
  /^(Index Scan|Index Only Scan|Bitmap Index Scan)$/.test(node["Node Type"])

const nameOf = (node: PlanNode) => node["Index Name"] ?? node["Relation Name"] ?? node["Node Type"]

/** In the plans that PostgreSQL makes for every read, claim and purge. */
export const findRowsByIndex = Effect.fnUntraced(function* (planOf: PlanOf) {
  const [asked] = yield* askedOfLatest(1)
  assert.isDefined(asked)
  const heard = yield* overheard(asked)
  const plans = yield* Effect.forEach(heard, (one) =>
    Effect.map(planOf(one), (nodes) => nodes.map((node) => ({ name: one.name, node })))
  )
  const steps = plans.flat()
  const read = (holds: (node: PlanNode) => boolean) =>
    steps.filter(({ node }) => holds(node)).map(({ name, node }): Read => [name, nameOf(node)])
  assert.isAbove(read(isIndexScan).length, heard.length / 2)
  assert.deepStrictEqual(
    read((node) => node["Node Type"] === "Seq Scan"),
    []
  )
  assert.includeDeepMembers(
    wholeIndexes,
    read((node) => isIndexScan(node) && node["Index Cond"] === undefined)
  )
  assert.includeMembers(
    sorting,
    steps.filter(({ node }) => node["Node Type"].includes("Sort")).map(({ name }) => name)
  )
  // Through those that are pending once, not once for each of them that is due.
  assert.lengthOf(
    read((node) => node["Index Name"] === "actions_due").filter(([name]) => name === "actions.claim"),
    1
  )
})
