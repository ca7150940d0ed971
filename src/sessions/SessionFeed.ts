import { Context, type Effect, Layer, type Scope } from "effect"
import { Listeners, type Subscription } from "./Listeners.js"

/** Who waits for which session. News carries no content: whoever hears it reads the session again. */
export class SessionFeed extends Context.Tag("verifyhuman-dropin/SessionFeed")<
  SessionFeed,
  {
    /** Tells everybody who waits for the session, in every process. Never waits, never fails. */
    readonly publish: (sessionRef: string) => Effect.Effect<void>
    /** Subscribe before reading, so that nothing can happen unheard between the two. */
    readonly subscribe: (sessionRef: string) => Effect.Effect<Subscription, never, Scope.Scope>
    /** News of any session that was published in this process. */
    readonly subscribeToAll: Effect.Effect<Subscription, never, Scope.Scope>
    /** True once the service shuts down: nobody is to wait any longer. */
    readonly closed: Effect.Effect<boolean>
    /** Wakes every listener for the last time. */
    readonly close: Effect.Effect<void>
  }
>() {
  /** Within one process. */
  static readonly layerMemory: Layer.Layer<SessionFeed> = Layer.sync(SessionFeed, () => new Listeners())
}
