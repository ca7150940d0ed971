import type { ProviderEnvironment } from "./Environment.js"
import { isJsonRecord, stringOrNull } from "./Json.js"
import { type Outcome, type OutcomeTable, readOutcome } from "./Outcome.js"
import type { Product } from "./Product.js"

/** What was asked for, and what the answer must repeat. */
export interface MobileQuestion {
  readonly product: Product
  readonly providerSessionId: string
  readonly environment: ProviderEnvironment
}

/** What an answer of a status endpoint is worth (contract section 8). */
export type MobileAnswer =
  | {
      readonly _tag: "Told"
      readonly outcome: Outcome
      readonly providerStatus: string
      readonly verificationId: string | null
    }
  | { readonly _tag: "NotYet" }
  | {
      readonly _tag: "Unusable"
      readonly why: "not_successful" | "other_session" | "other_product" | "other_environment" | "no_outcome"
    }

const unusable = (why: Extract<MobileAnswer, { _tag: "Unusable" }>["why"]): MobileAnswer => ({
  _tag: "Unusable",
  why
})

const isGiven = (value: unknown) => value !== undefined && value !== null

/**
 * Reads an answer: only `success: true`, the requested id repeated, product and environment (where given) those of the
 * session, and an `outcome` that is a string tell anything.
 */
export const readMobileAnswer = (
  answer: unknown,
  question: MobileQuestion,
  outcomes: OutcomeTable
): MobileAnswer => {
  if (!isJsonRecord(answer) || answer.success !== true) return unusable("not_successful")
  const echoed = question.product === "verifyhuman" ? answer.verification_id : answer.session_id
  if (echoed !== question.providerSessionId) return unusable("other_session")
  if (isGiven(answer.product) && answer.product !== question.product) return unusable("other_product")
  const environments = [answer.environment, isJsonRecord(answer.meta) ? answer.meta.environment : null]
  if (environments.some((given) => isGiven(given) && given !== question.environment)) {
    return unusable("other_environment")
  }
  if (answer.outcome === null) return { _tag: "NotYet" }
  if (typeof answer.outcome !== "string") return unusable("no_outcome")
  return {
    _tag: "Told",
    outcome: readOutcome(outcomes, answer.outcome),
    providerStatus: answer.outcome,
    verificationId: stringOrNull(answer.verification_id)
  }
}
