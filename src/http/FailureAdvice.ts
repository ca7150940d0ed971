import type { ProblemCode } from "./Problem.js"

const advice: { readonly [Code in ProblemCode]?: string } = {
  provider_out_of_credits: "buy credits for the VerifyHuman account",
  provider_rejected: "look at VERIFYHUMAN_API_KEY, and at the log for what VerifyHuman refused",
  provider_unavailable: "VerifyHuman fails, or cannot be reached from there; starts work again when it does",
  provider_timeout: "VerifyHuman is slow, or cannot be reached from there",
  storage_unavailable: "the log tells the cause: the database is away, or its disk is full",
  authentication_unavailable: "AUTH_JWKS_URL cannot be reached from there",
  overloaded: "it has more to do than it can; docs/operations.md tells what to look at"
}

/** What an operator does about a 5xx. */
export const adviceOn = (code: ProblemCode): string => advice[code] ?? "the log tells the cause"
