import { Context } from "effect"
import type { ProviderEnvironment } from "../domain/Environment.js"

/** What must be known wherever a verdict is stored (contract sections 2, 3 and 7). */
export class VerdictPolicy extends Context.Tag("verifyhuman-dropin/VerdictPolicy")<
  VerdictPolicy,
  {
    readonly environment: ProviderEnvironment
    /** How long a session in review stays open, in milliseconds. */
    readonly reviewMillis: number
    /** Whether anybody takes actions; without, verdicts set nothing in motion. */
    readonly actions: boolean
  }
>() {}
