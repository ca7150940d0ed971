import { randomFillSync } from "node:crypto"
import { Context, Effect } from "effect"

const tokenBytes = 24

/** The system is asked for the bytes of many tokens at a time: to ask costs several times what a token does. */
const drawn = Buffer.alloc(128 * tokenBytes)
let used = drawn.length

const draw = (): string => {
  if (used === drawn.length) {
    randomFillSync(drawn)
    used = 0
  }
  used += tokenBytes
  return drawn.toString("base64url", used - tokenBytes, used)
}

/** Unguessable identifiers: 192 random bits in base64url. A reference, so that a test can make them predictable. */
export class Entropy extends Context.Reference<Entropy>()("verifyhuman-dropin/Entropy", {
  defaultValue: () => ({
    token: Effect.sync(draw)
  })
}) {}
