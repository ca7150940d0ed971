import { Context } from "effect"

/** Who asks: a phone's user, or the team's own backend that acts for one (contract section 3). */
export interface Caller {
  readonly userId: string
  readonly kind: "user" | "service"
  /** When the credential ends, in milliseconds since the epoch; null for a service key. */
  readonly expiresAt: number | null
}

export class CurrentCaller extends Context.Tag("verifyhuman-dropin/CurrentCaller")<CurrentCaller, Caller>() {}
