import { Context } from "effect"
import type { Session } from "../domain/Session.js"

/**
 * Sessions that the storage has at once, as they stand: nothing was committed since they were read. A storage that has
 * to be waited for has none, nor has one where other processes write unnoticed.
 */
export class SessionsAtHand extends Context.Reference<SessionsAtHand>()("verifyhuman-dropin/SessionsAtHand", {
  defaultValue: () => ({ find: null as ((sessionRef: string) => Session | null) | null })
}) {}
