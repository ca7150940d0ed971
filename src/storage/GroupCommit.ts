import {
  Cause,
  Clock,
  type Context,
  Deferred,
  Effect,
  Exit,
  Option,
  Queue,
  Schedule,
  type Scope
} from "effect"
import { StorageUnavailable } from "../domain/StorageUnavailable.js"
import type { Transaction } from "./Tables.js"

export interface GroupCommitOptions {
  /** How many groups are under way at once: one where a database writes one transaction at a time. */
  readonly lanes: number
  /** How many transactions share a commit at most. */
  readonly size: number
  /** How many may wait for their turn; more are refused at once. */
  readonly waiting: number
}

interface Member {
  readonly operation: string
  readonly arrivedAt: number
  /** Its statements, inside the group's transaction. */
  readonly attempt: Effect.Effect<void, unknown>
  readonly succeed: () => void
  readonly fail: (cause: Cause.Cause<unknown>) => void
}

/** Requests that wait in their sockets are read first: a transaction on SQLite lets none of them through. */
const endOfTurn = Effect.async<void>((resume) => {
  setImmediate(() => resume(Effect.void))
})

/** So long after it came no transaction is begun, or begun again: whoever waits for it is better told to come back. */
const patienceMillis = 4000

const overdue = ({ operation }: Member) =>
  Cause.fail(
    new StorageUnavailable({ operation, cause: new Error("its turn did not come in time"), overloaded: true })
  )

const isStorageUnavailable = (cause: Cause.Cause<unknown>) =>
  Option.exists(Cause.failureOption(cause), (error) => error instanceof StorageUnavailable)

/**
 * Transactions that arrive while others are under way share one commit, and with it one wait for the disk. Each is
 * answered only after its commit; who comes when nobody waits is served at once. One that fails takes none with it:
 * the others are done again without it. So a body may run more than once, and must do nothing but statements.
 */
export const groupCommit = (
  transaction: Transaction,
  { lanes, size, waiting }: GroupCommitOptions
): Effect.Effect<Transaction, never, Scope.Scope> =>
  Effect.gen(function* () {
    const queue = yield* Queue.dropping<Member>(waiting)
    const unbegun = new Set<Member>()

    const commit = (members: ReadonlyArray<Member>): Effect.Effect<void> =>
      Effect.gen(function* () {
        const latest = (yield* Clock.currentTimeMillis) - patienceMillis
        const group = members.filter(({ arrivedAt }) => arrivedAt >= latest)
        for (const member of members) if (member.arrivedAt < latest) member.fail(overdue(member))
        if (group.length === 0) return
        let failing: Member | null = null
        const attempts = Effect.suspend(() => {
          failing = null
          return Effect.forEach(
            group,
            (member) =>
              Effect.tapErrorCause(member.attempt, () =>
                Effect.sync(() => {
                  failing = member
                })
              ),
            { discard: true }
          )
        })
        const exit = yield* Effect.exit(transaction("GroupCommit", attempts))
        if (Exit.isSuccess(exit)) {
          for (const member of group) member.succeed()
        } else if (failing === null || group.length === 1) {
          for (const member of group) member.fail(exit.cause)
        } else {
          const [one, others] = [failing as Member, group.filter((member) => member !== failing)]
          if (isStorageUnavailable(exit.cause)) one.fail(exit.cause)
          yield* commit(others)
          if (!isStorageUnavailable(exit.cause)) yield* commit([one])
        }
      })

    const lane = Effect.uninterruptibleMask((restore) =>
      Effect.gen(function* () {
        const first = yield* restore(Queue.take(queue))
        yield* endOfTurn
        const share = Math.ceil((yield* Queue.size(queue)) / lanes)
        const others = yield* Queue.takeUpTo(queue, Math.min(size - 1, share))
        yield* commit([first, ...others].filter((member) => unbegun.delete(member)))
      })
    )

    /** While every lane is held up, nobody else would tell those who wait. */
    const impatient = Effect.map(Clock.currentTimeMillis, (now) => {
      for (const member of unbegun) {
        if (member.arrivedAt >= now - patienceMillis) return
        unbegun.delete(member)
        member.fail(overdue(member))
      }
    })

    const shutDown = new StorageUnavailable({ operation: "GroupCommit", cause: new Error("shut down") })
    yield* Effect.addFinalizer(() =>
      Effect.map(Queue.takeAll(queue), (left) => {
        for (const member of left) member.fail(Cause.fail(shutDown))
      })
    )
    yield* Effect.forkScoped(Effect.repeat(impatient, Schedule.spaced("500 millis")))
    yield* Effect.replicateEffect(Effect.forkScoped(Effect.forever(lane)), lanes)

    return <A, E, R>(operation: string, body: Effect.Effect<A, E, R>) =>
      Effect.contextWithEffect(
        Effect.fnUntraced(function* (context: Context.Context<R>) {
          const done = yield* Deferred.make<A, E | StorageUnavailable>()
          let result: A
          const member: Member = {
            operation,
            arrivedAt: yield* Clock.currentTimeMillis,
            attempt: Effect.map(Effect.provide(body, context), (value) => {
              result = value
            }),
            succeed: () => Deferred.unsafeDone(done, Exit.succeed(result)),
            fail: (cause) => Deferred.unsafeDone(done, Exit.failCause(cause as Cause.Cause<E>))
          }
          unbegun.add(member)
          if (yield* Queue.offer(queue, member)) return yield* Deferred.await(done)
          unbegun.delete(member)
          return yield* new StorageUnavailable({
            operation,
            cause: new Error("too many wait"),
            overloaded: true
          })
        })
      )
  })
