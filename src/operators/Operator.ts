import { Context } from "effect"

/** Who operates: the token's fingerprint, never the token, and where the request came from. */
export interface Operator {
  readonly actor: string
  readonly address: string
  readonly mayWrite: boolean
}

export class CurrentOperator extends Context.Tag("verifyhuman-dropin/CurrentOperator")<
  CurrentOperator,
  Operator
>() {}
