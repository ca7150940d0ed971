import { randomBytes } from "node:crypto"
import { Redacted } from "effect"

/** Secrets for one run of the sandbox, made up anew each time. */
export const madeUp = {
  jwtSecret: () => Redacted.make(randomBytes(32).toString("base64url")),
  webhookSecret: () => Redacted.make(`whsec_${randomBytes(24).toString("base64")}`),
  adminToken: () => Redacted.make(randomBytes(32).toString("base64url"))
}

/** The sandbox provider's fixed keys (contract section 10). */
export const sandboxApiKey = Redacted.make("vhk_test_sandbox")
export const sandboxClientKey = Redacted.make("pk_demo_sandbox")
