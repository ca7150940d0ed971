import type { ProviderEnvironment } from "./Environment.js"

/** Why the provider could not be asked for a session: the contract's problem codes of section 3. */
export type StartFailure =
  | "provider_rejected"
  | "provider_out_of_credits"
  | "provider_unavailable"
  | "provider_timeout"

/** A start under way or ended. While it is `reserved` and its lease runs, equal starts wait for it. */
export interface Start {
  readonly sessionRef: string
  readonly environment: ProviderEnvironment
  readonly userId: string
  readonly fingerprint: string
  readonly state: "reserved" | "opened" | "failed"
  readonly failure: StartFailure | null
  readonly retryAfterMillis: number | null
  readonly createdAt: number
  readonly leaseUntil: number
}

/** What an `Idempotency-Key` stands for; `status` is null until the first success. */
export interface IdempotencyRecord {
  readonly environment: ProviderEnvironment
  readonly userId: string
  readonly keyHash: string
  readonly requestHash: string
  readonly sessionRef: string
  readonly status: 200 | 201 | null
  readonly createdAt: number
}
