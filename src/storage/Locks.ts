import type { IdentifierHash } from "../domain/Correlation.js"
import type { ProviderEnvironment } from "../domain/Environment.js"

/** Something that two transactions must not decide about at once, whether there is a row of it yet or not. */
export type Lock = readonly [kind: "user" | "event" | "identifier", ProviderEnvironment, name: string]

/** What a user starts: limits, idempotency keys, and the one open session of a kind. */
export const userLock = (user: {
  readonly environment: ProviderEnvironment
  readonly userId: string
}): Lock => ["user", user.environment, user.userId]

/** Equal deliveries: the first is stored, the others are its copies. */
export const eventLock = (event: {
  readonly environment: ProviderEnvironment
  readonly dedupeKey: string
}): Lock => ["event", event.environment, event.dedupeKey]

/** Who is known by an identifier, and which events wait for it. */
export const identifierLocks = (
  environment: ProviderEnvironment,
  hashes: ReadonlyArray<IdentifierHash>
): ReadonlyArray<Lock> => hashes.map((hash) => ["identifier", environment, hash])
