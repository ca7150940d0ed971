import { Cause, Context, Data, Effect, Layer } from "effect"
import type { Action, ActionMessage } from "../domain/Action.js"

/** What the receiver answered when it took an action. */
export interface Receipt {
  readonly status: number | null
  readonly answer: string
}

/** The receiver did not take it. `gone`: it never will, nor any later copy of this action. */
export class DeliveryFailed extends Data.TaggedError("DeliveryFailed")<{
  readonly gone: boolean
  readonly status: number | null
  readonly answer: string
  readonly retryAfterMillis: number | null
}> {}

/** Where actions go: a URL, or an Effect of a library user. Both get the guarantees of contract section 7. */
export class ActionTarget extends Context.Tag("verifyhuman-dropin/ActionTarget")<
  ActionTarget,
  {
    /** One attempt. A failure of any kind is retried; the id of the action is the same each time. */
    readonly deliver: (action: Action) => Effect.Effect<Receipt, DeliveryFailed>
  }
>() {
  /** Hands each action to an Effect; whatever it fails with, it is retried by the same schedule. */
  static readonly layerEffect = <E, R>(
    handle: (message: ActionMessage) => Effect.Effect<void, E, R>
  ): Layer.Layer<ActionTarget, never, R> =>
    Layer.effect(
      ActionTarget,
      Effect.map(Effect.context<R>(), (context) => ({
        deliver: ({ id, payload }) =>
          Effect.suspend(() => handle({ id, ...(JSON.parse(payload) as Omit<ActionMessage, "id">) })).pipe(
            Effect.provide(context),
            Effect.as({ status: null, answer: "" }),
            Effect.tapError((error) =>
              Effect.logWarning("The effect of an action failed", Cause.fail(error))
            ),
            Effect.mapError(
              () =>
                new DeliveryFailed({
                  gone: false,
                  status: null,
                  answer: "the effect failed",
                  retryAfterMillis: null
                })
            )
          )
      }))
    )
}
