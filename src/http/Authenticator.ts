import { Context, type Effect } from "effect"
import type { Caller } from "../sessions/Caller.js"
import type { Problem } from "./Problem.js"

/** The headers on which authentication depends. */
export interface Credentials {
  readonly authorization: string | undefined
  readonly userId: string | undefined
}

/** Tells who calls (contract section 3). A failure is a 401 that is the same for every cause, or a 400 or 503. */
export class Authenticator extends Context.Tag("verifyhuman-dropin/Authenticator")<
  Authenticator,
  {
    readonly authenticate: (credentials: Credentials) => Effect.Effect<Caller, Problem>
    /** The same where it need not be found out; null where only `authenticate` can tell. */
    readonly known?: (credentials: Credentials, now: number) => Caller | null
  }
>() {}
