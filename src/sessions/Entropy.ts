import { randomBytes } from "node:crypto"
import { Context, Effect } from "effect"

/** Unguessable identifiers: 192 random bits in base64url. A reference, so that a test can make them predictable. */
export class Entropy extends Context.Reference<Entropy>()("verifyhuman-dropin/Entropy", {
  defaultValue: () => ({
    token: Effect.sync(() => randomBytes(24).toString("base64url"))
  })
}) {}
