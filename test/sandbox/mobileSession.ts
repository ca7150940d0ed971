import { assert } from "@effect/vitest"
import { Effect } from "effect"
import type { Product } from "../../src/domain/Product.js"
import { type aSandbox, clientKey } from "./harness.js"

export const withClientKey = { authorization: `ClientKey ${clientKey}` }
export const products: ReadonlyArray<Product> = [
  "verifyhuman",
  "verifyage",
  "verifyidentity",
  "verifycompliance"
]

/** A session as the app's SDK would make it, and a way to ask for its status. */
export const aSession = Effect.fnUntraced(function* (
  { ask, send }: Effect.Effect.Success<ReturnType<typeof aSandbox>>,
  { product = "verifyage", ...fields }: { readonly product?: Product; readonly [field: string]: unknown } = {}
) {
  const made = yield* send("POST", "/sandbox/mobile-sessions", { product, ...fields })
  assert.strictEqual(made.status, 201, made.text)
  const { session_id, verification_id } = made.json
  const id = product === "verifyhuman" ? verification_id : session_id
  const status = (headers: Record<string, string> = withClientKey, path = `${product}/status/${id}`) =>
    ask(`/api/mobile/v1/${path}`, { headers })
  return { session_id, verification_id, id, status }
})
