import { Context, Data, Effect, Either, Layer, Ref } from "effect"
import { afterRequest, type Behaviour, parseBehaviour } from "./Behaviour.js"
import { SandboxOptions } from "./SandboxOptions.js"

/** The text names no behaviour; the message says what is expected. */
export class BehaviourNotReadable extends Data.TaggedError("BehaviourNotReadable")<{
  readonly message: string
}> {}

const read = (text: string): Effect.Effect<Behaviour, BehaviourNotReadable> =>
  Either.mapLeft(
    parseBehaviour(text),
    (expected) => new BehaviourNotReadable({ message: `SANDBOX_BEHAVIOUR: expected ${expected}` })
  )

/** How sessions that choose nothing misbehave; it can be changed while the sandbox runs. */
export class DefaultBehaviour extends Context.Tag("verifyhuman-dropin/DefaultBehaviour")<
  DefaultBehaviour,
  {
    /** The behaviour of the next request; faults for a number of requests are counted down. */
    readonly next: Effect.Effect<Behaviour>
    readonly text: Effect.Effect<string>
    readonly set: (text: string) => Effect.Effect<void, BehaviourNotReadable>
  }
>() {
  static readonly layer: Layer.Layer<DefaultBehaviour, BehaviourNotReadable, SandboxOptions> = Layer.effect(
    DefaultBehaviour,
    Effect.gen(function* () {
      const { behaviour: text } = yield* SandboxOptions
      const current = yield* Ref.make({ text, behaviour: yield* read(text) })
      return {
        next: Ref.modify(current, ({ behaviour, text }) => [
          behaviour,
          { text, behaviour: afterRequest(behaviour) }
        ]),
        text: Effect.map(Ref.get(current), ({ text }) => text),
        set: (text) => Effect.flatMap(read(text), (behaviour) => Ref.set(current, { text, behaviour }))
      }
    })
  )
}
