import { Context, Effect, Layer, type Scope } from "effect"

/** One listener's place in the feed. */
export interface Subscription {
  /** Completes at the next news of the session since the last time, or when the feed closes. */
  readonly news: Effect.Effect<void>
}

/** No `session_ref` looks like this. */
const everybody = "*"

/** Who waits for which session. News carries no content: whoever hears it reads the session again. */
export class SessionFeed extends Context.Tag("verifyhuman-dropin/SessionFeed")<
  SessionFeed,
  {
    readonly publish: (sessionRef: string) => Effect.Effect<void>
    /** Subscribe before reading, so that nothing can happen unheard between the two. */
    readonly subscribe: (sessionRef: string) => Effect.Effect<Subscription, never, Scope.Scope>
    /** News of any session. */
    readonly subscribeToAll: Effect.Effect<Subscription, never, Scope.Scope>
    /** True once the service shuts down: nobody is to wait any longer. */
    readonly closed: Effect.Effect<boolean>
    /** Wakes every listener for the last time. */
    readonly close: Effect.Effect<void>
  }
>() {
  /** Within one process. */
  static readonly layerMemory: Layer.Layer<SessionFeed> = Layer.sync(SessionFeed, () => {
    const listeners = new Map<string, Set<Listener>>()
    let closed = false

    const wake = (group: Iterable<Listener>) => {
      for (const listener of group) listener.hear()
    }

    const add = (sessionRef: string) => {
      const listener = new Listener()
      const group = listeners.get(sessionRef) ?? new Set()
      listeners.set(sessionRef, group.add(listener))
      if (closed) listener.hear()
      return listener
    }

    const remove = (sessionRef: string, listener: Listener) => {
      const group = listeners.get(sessionRef)
      group?.delete(listener)
      if (group?.size === 0) listeners.delete(sessionRef)
    }

    const subscribe = (key: string) =>
      Effect.acquireRelease(
        Effect.sync(() => add(key)),
        (listener) => Effect.sync(() => remove(key, listener))
      )

    return {
      publish: (sessionRef) =>
        Effect.sync(() => {
          wake(listeners.get(sessionRef) ?? [])
          wake(listeners.get(everybody) ?? [])
        }),
      subscribe,
      subscribeToAll: subscribe(everybody),
      closed: Effect.sync(() => closed),
      close: Effect.sync(() => {
        closed = true
        for (const group of listeners.values()) wake(group)
      })
    }
  })
}

/** Remembers news that came while nobody looked. */
class Listener implements Subscription {
  private heard = false
  private resume: (() => void) | null = null

  hear() {
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
