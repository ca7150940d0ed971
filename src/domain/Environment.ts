import { Schema } from "effect"

/** Where this service runs (contract section 2, `VERIFYHUMAN_ENVIRONMENT`). */
export const Environment = Schema.Literal("sandbox", "test", "live")
export type Environment = typeof Environment.Type

/** The two environments that exist on the provider's wire; the sandbox speaks as `test`. */
export const ProviderEnvironment = Schema.Literal("test", "live")
export type ProviderEnvironment = typeof ProviderEnvironment.Type

export const providerEnvironment = (environment: Environment): ProviderEnvironment =>
  environment === "live" ? "live" : "test"
