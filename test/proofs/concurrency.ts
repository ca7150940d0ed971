import { Effect } from "effect"
import * as fc from "fast-check"
import type { StorageUnavailable } from "../../src/domain/StorageUnavailable.js"
import { ask, emptyDatabase } from "../postgres/database.js"
import type { Around } from "../suites/interceptedTables.js"
import { assertAftermath } from "./aftermath.js"
import { rage } from "./commotion.js"
import { type Commotion, commotions } from "./moves.js"
import { type Node, nodeOn } from "./nodes.js"
import { given, ownTurn } from "./runs.js"

const tables =
  "sessions, starts, idempotency_keys, identifiers, events, event_candidates, past_verdicts, actions, action_attempts, polls, audit"

/** Pauses as a commotion says, so that nodes meet at every point of their work. */
const makePauses = () => {
  let pauses: ReadonlyArray<number> = []
  let turn = 0
  const around: Around = <A, E, R>(_: string, statement: Effect.Effect<A, E, R>) =>
    Effect.suspend((): Effect.Effect<A, E | StorageUnavailable, R> => {
      const millis = pauses[turn++ % Math.max(1, pauses.length)] ?? 0
      return millis === 0 ? statement : Effect.delay(statement, millis)
    })
  return {
    around,
    set: (next: ReadonlyArray<number>) => {
      pauses = next
      turn = 0
    }
  }
}

/** Nodes of few connections, whose transactions share their commits, and one whose transactions do not. */
const connections = [2, 2, 10]

const deadlocksOf = (url: string) =>
  Effect.map(ask(url, "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"), ([row]) =>
    Number(row?.deadlocks)
  )

/** Sooner than PostgreSQL's second, which only a superuser may change: without it, the proof takes longer. */
const hurry = (url: string) =>
  Effect.ignore(
    Effect.catchAllDefect(
      ask(url, `ALTER DATABASE ${new URL(url).pathname.slice(1)} SET deadlock_timeout = '20ms'`),
      () => Effect.void
    )
  )

const proveOn = (
  url: string,
  nodes: ReadonlyArray<Node>,
  pauses: ReturnType<typeof makePauses>,
  runs: number
) =>
  Effect.promise(async () => {
    const told = { commotions: 0, operations: 0, sessions: 0, events: 0, counted: 0, erasures: 0 }
    const seed = given("PROOF_SEED")
    const [node] = nodes
    if (node === undefined) return told
    const once = Effect.fnUntraced(function* (commotion: Commotion) {
      yield* ask(url, `TRUNCATE ${tables}`)
      pauses.set(commotion.pauses)
      const ledger = yield* rage(nodes, commotion)
      pauses.set([])
      const found = yield* Effect.provide(assertAftermath(url, ledger), node)
      told.commotions++
      told.operations += ledger.operations
      told.erasures += ledger.erasures
      told.sessions += found.sessions
      told.events += found.events
      told.counted += found.counted
    })
    await fc.assert(
      fc.asyncProperty(commotions, async (commotion) => {
        await Effect.runPromise(once(commotion))
        await ownTurn()
      }),
      { numRuns: given("PROOF_RUNS") ?? runs, endOnFailure: true, ...(seed === null ? {} : { seed }) }
    )
    return told
  })

/**
 * Three nodes on one PostgreSQL, each with workers that get in each other's way. A failure prints its seed;
 * `PROOF_SEED` repeats what was done, not the order in which it happened: the shortest failure is not looked for.
 */
export const provenAtOnce = Effect.fnUntraced(function* (runs: number) {
  const url = yield* emptyDatabase
  yield* hurry(url)
  const pauses = makePauses()
  const told = yield* Effect.scoped(
    Effect.gen(function* () {
      const nodes = yield* Effect.forEach(connections, (few) => nodeOn(url, pauses.around, few))
      return yield* proveOn(url, nodes, pauses, runs)
    })
  )
  const deadlocks = yield* deadlocksOf(url)
  console.log(
    `${told.commotions} commotions, ${told.operations} operations, ${told.sessions} sessions, ${told.events} events (${told.counted} counting), ${told.erasures} erasures, ${deadlocks} deadlocks`
  )
  return { ...told, deadlocks }
})
