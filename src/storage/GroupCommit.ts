import { Array, Cause, Clock, Effect, Exit, FiberSet, Schedule, type Scope } from "effect"
import { StorageUnavailable } from "../domain/StorageUnavailable.js"
import { measured } from "../telemetry/Measures.js"
import { commitGroupSize, commitsWaiting } from "../telemetry/Metrics.js"
import { endOfTurn } from "../time/EndOfTurn.js"
import type { Lock } from "./Locks.js"
import type { Tables, Together, Transaction } from "./Tables.js"

export interface GroupCommitOptions {
  /** How many groups are under way at once: one where a database writes one transaction at a time. */
  readonly lanes: number
  /** How many transactions share a commit at most. */
  readonly size: number
  /** For how many turns of the loop they are gathered at most. */
  readonly turns: number
  /** How many may wait for their turn; more are refused at once. */
  readonly waiting: number
}

interface Member {
  readonly arrivedAt: number
  readonly locks: ReadonlyArray<Lock>
  /** Its statements, inside the group's transaction. */
  readonly body: Effect.Effect<unknown, unknown>
  readonly succeed: (result: unknown) => void
  readonly fail: (cause: Cause.Cause<unknown>) => void
}

/** So long after it came no transaction is begun, or begun again: whoever waits for it is better told to come back. */
const patienceMillis = 4000

const overloaded = (why: string) =>
  new StorageUnavailable({ operation: "GroupCommit", cause: new Error(why), overloaded: true })

const isRefused = (cause: Cause.Cause<unknown>) => Cause.squash(cause) instanceof StorageUnavailable

/**
 * Transactions that arrive while others are under way, or turn after turn, share one commit, and with it one wait for
 * the disk. Each is answered only after its commit; who comes alone waits for one turn in which nobody else does. One
 * that fails takes none with it: the others are done again without it. So a body may run more than once, and must do
 * nothing but statements.
 */
export const groupCommit = (
  transaction: Transaction,
  lock: Tables["Type"]["lock"],
  { lanes, size, turns, waiting }: GroupCommitOptions
): Effect.Effect<Together, never, Scope.Scope> =>
  Effect.gen(function* () {
    const queue: Array<Member> = []
    const run = yield* FiberSet.makeRuntime<never>()
    let free = lanes
    yield* measured(() => commitsWaiting.set(queue.length))

    const commit = (members: ReadonlyArray<Member>): Effect.Effect<void> =>
      Effect.gen(function* () {
        const latest = (yield* Clock.currentTimeMillis) - patienceMillis
        const [late, group] = Array.partition(members, ({ arrivedAt }) => arrivedAt >= latest)
        for (const member of late) member.fail(Cause.fail(overloaded("its turn came too late")))
        if (group.length === 0) return
        let attempted: Member | null = null
        const body = Effect.gen(function* () {
          attempted = null
          yield* lock(group.flatMap(({ locks }) => locks))
          const results: Array<unknown> = []
          for (const member of group) {
            attempted = member
            results.push(yield* member.body)
          }
          attempted = null
          return results
        })
        const exit = yield* Effect.exit(transaction("GroupCommit", body))
        if (Exit.isSuccess(exit)) {
          commitGroupSize.observe(group.length)
          for (const [i, member] of group.entries()) member.succeed(exit.value[i])
        } else if (attempted === null || group.length === 1) {
          for (const member of group) member.fail(exit.cause)
        } else {
          const one: Member = attempted
          if (isRefused(exit.cause)) one.fail(exit.cause)
          yield* commit(group.filter((member) => member !== one))
          if (!isRefused(exit.cause)) yield* commit([one])
        }
      })

    /** Those of a moment come in a few turns, one after another: until one has brought nobody, or the group is full. */
    const gathered = Effect.gen(function* () {
      for (let turn = 1; turn <= turns; turn++) {
        const known = queue.length
        yield* endOfTurn
        if (queue.length <= known || queue.length >= size) return
      }
    })

    const lane: Effect.Effect<void> = Effect.gen(function* () {
      yield* gathered
      while (queue.length > 0) {
        yield* commit(queue.splice(0, Math.min(size, Math.ceil(queue.length / lanes))))
        yield* gathered
      }
    }).pipe(
      Effect.ensuring(
        Effect.sync(() => {
          free += 1
          openLane()
        })
      )
    )

    const openLane = () => {
      if (free === 0 || queue.length === 0) return
      free -= 1
      run(Effect.uninterruptible(lane))
    }

    /** While every lane is held up, nobody else would tell those who wait. */
    const impatient = Effect.map(Clock.currentTimeMillis, (now) => {
      while (queue[0] !== undefined && queue[0].arrivedAt < now - patienceMillis) {
        queue.shift()?.fail(Cause.fail(overloaded("its turn did not come")))
      }
    })

    yield* Effect.forkScoped(Effect.repeat(impatient, Schedule.spaced("500 millis")))

    return <A, E>(operation: string, locks: ReadonlyArray<Lock>, body: Effect.Effect<A, E>) =>
      Effect.clockWith((clock) => {
        if (queue.length >= waiting) return overloaded(`too many wait: ${operation}`)
        return Effect.async<A, E | StorageUnavailable>((resume) => {
          queue.push({
            arrivedAt: clock.unsafeCurrentTimeMillis(),
            locks,
            body,
            succeed: (result) => resume(Effect.succeed(result as A)),
            fail: (cause) => resume(Effect.failCause(cause as Cause.Cause<E>))
          })
          openLane()
        })
      })
  })
