import { Clock, Context, Effect, Layer, Ref } from "effect"
import type { Product } from "../domain/Product.js"
import { after, type Gate, openGate, type Passage, type PollResult, passages, probed } from "./Gate.js"

/** The gate of this process, and its alerts. */
export class PollGate extends Context.Tag("verifyhuman-dropin/PollGate")<
  PollGate,
  {
    readonly current: Effect.Effect<Gate>
    readonly passages: (room: number, underWay: number) => Effect.Effect<ReadonlyArray<Passage>>
    readonly probed: (products: Iterable<Product>) => Effect.Effect<void>
    readonly record: (product: Product, result: PollResult) => Effect.Effect<void>
  }
>() {
  static readonly layer: Layer.Layer<PollGate> = Layer.effect(
    PollGate,
    Effect.gen(function* () {
      const state = yield* Ref.make(openGate)

      /** Told once, when it changes. */
      const alerts = (before: Gate, now: Gate, product: Product): ReadonlyArray<Effect.Effect<void>> => {
        const refusal = now.refused.get(product)
        const known = before.refused.get(product)
        const [wasOpen, isOpen] = [before.openUntil !== null, now.openUntil !== null]
        return [
          ...(refusal !== undefined && refusal.why !== known?.why
            ? [
                Effect.logError(
                  "VerifyHuman refuses to tell the status of a product; it is probed every 5 minutes"
                ).pipe(Effect.annotateLogs({ product, why: refusal.why }))
              ]
            : []),
          ...(refusal === undefined && known !== undefined
            ? [
                Effect.logInfo("VerifyHuman tells the status of a product again").pipe(
                  Effect.annotateLogs({ product })
                )
              ]
            : []),
          ...(isOpen && !wasOpen
            ? [Effect.logError("VerifyHuman's status endpoints fail; the circuit breaker is open")]
            : []),
          ...(wasOpen && !isOpen ? [Effect.logInfo("VerifyHuman's status endpoints answer again")] : [])
        ]
      }

      return {
        current: Ref.get(state),
        passages: (room, underWay) =>
          Effect.zipWith(Ref.get(state), Clock.currentTimeMillis, (gate, now) =>
            passages(gate, now, room, underWay)
          ),
        probed: (products) =>
          Effect.flatMap(Clock.currentTimeMillis, (now) =>
            Ref.update(state, (gate) => probed(gate, products, now))
          ),
        record: Effect.fnUntraced(function* (product, result) {
          const now = yield* Clock.currentTimeMillis
          const [before, current] = yield* Ref.modify(state, (gate) => {
            const next = after(gate, product, result, now)
            return [[gate, next] as const, next]
          })
          yield* Effect.all(alerts(before, current, product), { discard: true })
        })
      }
    })
  )
}
