import { Context, Data, Effect, Either, Layer, Ref } from "effect"
import { type Behaviour, parseBehaviour } from "./Behaviour.js"
import { SandboxOptions } from "./SandboxOptions.js"

/** The text names no behaviour; the message says what is expected. */
export class BehaviourNotReadable extends Data.TaggedError("BehaviourNotReadable")<{
  readonly message: string
}> {}

const read = (text: string): Effect.Effect<Behaviour, BehaviourNotReadable> =>
  Either.mapLeft(
    parseBehaviour(text),
    (message) => new BehaviourNotReadable({ message: `SANDBOX_BEHAVIOUR: ${message}` })
  )

/** How sessions that choose nothing misbehave; it can be changed while the sandbox runs. */
export class DefaultBehaviour extends Context.Tag("verifyhuman-dropin/DefaultBehaviour")<
  DefaultBehaviour,
  {
    readonly get: Effect.Effect<Behaviour>
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
        get: Effect.map(Ref.get(current), ({ behaviour }) => behaviour),
        text: Effect.map(Ref.get(current), ({ text }) => text),
        set: (text) => Effect.flatMap(read(text), (behaviour) => Ref.set(current, { text, behaviour }))
      }
    })
  )
}
