import { type Cause, Duration, Effect, FiberSet, Layer, Queue } from "effect"

export interface WorkerOptions<A, E, R> {
  readonly name: string
  readonly concurrency: number
  /** How often it looks for work when nothing wakes it. */
  readonly every: Duration.DurationInput
  /** Completes when there may be work before that. */
  readonly news: Effect.Effect<void, never, R>
  /** Takes at most this much work, so that no other worker gets it. */
  readonly claim: (room: number) => Effect.Effect<ReadonlyArray<A>, E, R>
  /** What it does is its own to record; a defect is logged, and the claim runs out. */
  readonly perform: (work: A) => Effect.Effect<void, unknown, R>
}

/** How long work that is under way may take to end when the service does. */
const patience = Duration.seconds(8)

/** Claims work whenever there is room for it, and does a bounded number of things at a time. */
export const workerLayer = <A, E, R>(options: WorkerOptions<A, E, R>): Layer.Layer<never, never, R> =>
  Layer.scopedDiscard(
    Effect.gen(function* () {
      const { claim, concurrency, every, name, news, perform } = options
      const running = yield* FiberSet.make()
      const wake = yield* Queue.sliding<void>(1)
      let failing = false

      const done = (work: A) =>
        perform(work).pipe(
          Effect.catchAllCause((cause) => Effect.logError(`${name} failed`, cause)),
          Effect.ensuring(Queue.offer(wake, undefined))
        )

      const claimed = Effect.fnUntraced(function* (room: number) {
        const work = yield* claim(room)
        if (failing) yield* Effect.logInfo(`${name} works again`)
        failing = false
        return work
      })

      // A defect too: a row that cannot be read is no reason to stop for ever.
      const unavailable = (cause: Cause.Cause<E>) =>
        Effect.suspend(() => {
          const first = !failing
          failing = true
          return first ? Effect.logWarning(`${name} cannot get its work`, cause) : Effect.void
        }).pipe(Effect.as([]))

      const round = Effect.gen(function* () {
        const room = concurrency - (yield* FiberSet.size(running))
        const work = room > 0 ? yield* Effect.catchAllCause(claimed(room), unavailable) : []
        for (const one of work) yield* FiberSet.run(running, done(one))
        if (work.length < room || room <= 0) yield* Effect.timeoutOption(Queue.take(wake), every)
      })

      yield* Effect.addFinalizer(() =>
        Effect.timeoutOption(Effect.interruptible(FiberSet.awaitEmpty(running)), patience)
      )
      yield* Effect.forkScoped(Effect.forever(Effect.zipRight(news, Queue.offer(wake, undefined))))
      yield* Effect.forkScoped(Effect.forever(round))
    })
  )
