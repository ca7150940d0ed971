import { Effect, type Scope } from "effect"

/** One listener's place in the feed. */
export interface Subscription {
  /** Completes at the next news of the session since the last time, or when the feed closes. */
  readonly news: Effect.Effect<void>
  /** Completes `news` without any. */
  readonly wake: () => void
}

/** No `session_ref` looks like this. */
const everybody = "*"

/** Who waits in this process, for which session. */
export class Listeners {
  private readonly groups = new Map<string, Set<Listener>>()
  private isClosed = false

  /** The sessions that somebody waits for. */
  sessions(): ReadonlyArray<string> {
    return [...this.groups.keys()].filter((key) => key !== everybody)
  }

  /** Wakes those who wait for this session. */
  wake(sessionRef: string): void {
    for (const listener of this.groups.get(sessionRef) ?? []) listener.wake()
  }

  readonly publish = (sessionRef: string): Effect.Effect<void> =>
    Effect.sync(() => {
      this.wake(sessionRef)
      this.wake(everybody)
    })

  readonly subscribe = (key: string): Effect.Effect<Subscription, never, Scope.Scope> =>
    Effect.acquireRelease(
      Effect.sync(() => this.add(key)),
      (listener) => Effect.sync(() => this.remove(key, listener))
    )

  readonly subscribeToAll: Effect.Effect<Subscription, never, Scope.Scope> = this.subscribe(everybody)

  readonly closed: Effect.Effect<boolean> = Effect.sync(() => this.isClosed)

  readonly close: Effect.Effect<void> = Effect.sync(() => {
    this.isClosed = true
    for (const key of this.groups.keys()) this.wake(key)
  })

  private add(key: string): Listener {
    const listener = new Listener()
    const group = this.groups.get(key) ?? new Set()
    this.groups.set(key, group.add(listener))
    if (this.isClosed) listener.wake()
    return listener
  }

  private remove(key: string, listener: Listener): void {
    const group = this.groups.get(key)
    group?.delete(listener)
    if (group?.size === 0) this.groups.delete(key)
  }
}

/** Remembers news that came while nobody looked. */
class Listener implements Subscription {
  private heard = false
  private resume: (() => void) | null = null

  readonly wake = () => {
    this.heard = true
    this.resume?.()
  }

  readonly news: Effect.Effect<void> = Effect.async<void>((resume) => {
    const done = () => {
      this.heard = false
      this.resume = null
      resume(Effect.void)
    }
    if (this.heard) return done()
    this.resume = done
    return Effect.sync(() => {
      this.resume = null
    })
  })
}
