import { Clock, Context, Effect, Layer, PubSub, type Scope, Stream } from "effect"
import { iso } from "../domain/Iso.js"

/** One thing that went over the wire, as the demo page shows it. No key, no signature, no secret is in it. */
export interface WireEntry {
  readonly at: string
  readonly from: "service" | "phone" | "provider"
  readonly to: "service" | "provider" | "backend"
  readonly method: string
  readonly path: string
  /** The answer's status; null when none came. */
  readonly status: number | null
  readonly note: string
  /** The provider's session that it belongs to, if any. */
  readonly token: string | null
  readonly body: unknown
}

const kept = 500

/** The live list of what went over the wire. */
export class Wire extends Context.Tag("verifyhuman-dropin/Wire")<
  Wire,
  {
    readonly record: (entry: Omit<WireEntry, "at">) => Effect.Effect<void>
    /** What there is so far, and then each new entry. */
    readonly follow: Effect.Effect<Stream.Stream<WireEntry>, never, Scope.Scope>
  }
>() {
  static readonly layer: Layer.Layer<Wire> = Layer.scoped(
    Wire,
    Effect.gen(function* () {
      const entries: Array<WireEntry> = []
      const news = yield* Effect.acquireRelease(PubSub.sliding<WireEntry>(kept), PubSub.shutdown)
      return {
        // Kept and told in one go, so that whoever comes in between is told once.
        record: (entry) =>
          Effect.map(Clock.currentTimeMillis, (now) => {
            const dated = { at: iso(now), ...entry }
            entries.push(dated)
            if (entries.length > kept) entries.shift()
            news.unsafeOffer(dated)
          }),
        follow: Effect.flatMap(PubSub.subscribe(news), (queue) =>
          Effect.sync(() => Stream.concat(Stream.fromIterable([...entries]), Stream.fromQueue(queue)))
        )
      }
    })
  )
}
