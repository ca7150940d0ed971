import { assert } from "@effect/vitest"
import { Effect } from "effect"
import type { aSandbox } from "./harness.js"
import type { Delivery } from "./receiver.js"

export const deliveryId = ({ headers }: Delivery) => headers["x-verifyhuman-delivery-id"]
export const timestampOf = ({ headers }: Delivery) => Number(headers["x-verifyhuman-timestamp"])

/** A session that ends, and the webhooks that come of it, up to so many. */
export const ended = Effect.fnUntraced(function* (
  sandbox: Effect.Effect.Success<ReturnType<typeof aSandbox>>,
  behaviour: string,
  { outcome = "pass", count = 1 } = {}
) {
  const token = yield* sandbox.aToken(behaviour, { product: "verifyidentity" })
  yield* sandbox.complete(token, { outcome })
  const deliveries: Array<Delivery> = []
  for (let taken = 0; taken < count; taken++) deliveries.push(yield* sandbox.receiver.next)
  const [first] = deliveries
  assert.isDefined(first)
  return { token, deliveries, first }
})
