import type { ProviderEnvironment } from "./Environment.js"
import type { Product } from "./Product.js"

/** A tracked session's place in the status poller's timetable; gone once the session is decided or expired. */
export interface Poll {
  readonly sessionRef: string
  readonly environment: ProviderEnvironment
  readonly product: Product
  /** What the provider is asked for: a `verification_id` for `verifyhuman`, else a `session_id`. */
  readonly providerSessionId: string
  /** How often it was asked for. */
  readonly attempts: number
  readonly nextAt: number
}

const firstMillis = 2000
const factor = 1.5
const longestMillis = 60_000

/** When a session that was tracked at `now` is first asked for. */
export const firstPollAt = (now: number): number => now + firstMillis

/** Milliseconds from the `attempts`th question to the next: growing by 1.5 up to a minute, of which `random` takes up to a fifth. */
export const pollPause = (attempts: number, random: number): number =>
  Math.min(longestMillis, firstMillis * factor ** attempts) * (1 - random / 5)
