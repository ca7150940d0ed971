import { Context, Effect, Layer, type Tracer } from "effect"

type Span = (
  name: string,
  options?: Pick<Tracer.SpanOptions, "kind" | "parent" | "attributes">
) => <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>

const untraced: Span = () => (effect) => effect

const traced: Span =
  (name, options) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    Effect.withSpan(effect, name, { ...options, captureStackTrace: false }) as Effect.Effect<A, E, R>

/** Whether what happens is traced. Where nobody reads the traces a span would cost more than a poll does. */
export class Tracing extends Context.Reference<Tracing>()("verifyhuman-dropin/Tracing", {
  defaultValue: () => ({ enabled: false, span: untraced })
}) {
  static readonly on: Layer.Layer<never> = Layer.succeed(Tracing, { enabled: true, span: traced })
}
