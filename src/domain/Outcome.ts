/** What a provider's wire value means here. Everything but `review` decides. */
export type Outcome = "pass" | "review" | "declined" | "provider_error"

/** Right-hand sides that an operator may write in `VERIFYHUMAN_OUTCOMES` (contract section 2). */
export type OutcomeSetting = "pass" | "fail" | "review"

export type OutcomeTable = ReadonlyMap<string, Outcome>

const known: ReadonlyArray<readonly [string, Outcome]> = [
  ["pass", "pass"],
  ["pending", "review"],
  ["review", "review"],
  ["in_review", "review"],
  ["manual_review", "review"],
  ["high_risk_review", "review"],
  ["processing", "review"],
  ["error", "provider_error"],
  ["throttled", "provider_error"]
]

const settingOutcomes: Readonly<Record<OutcomeSetting, Outcome>> = {
  pass: "pass",
  fail: "declined",
  review: "review"
}

/** The outcome table of the provider's wire values, extended by an operator's own. */
export const outcomeTable = (extensions: ReadonlyMap<string, OutcomeSetting> = new Map()): OutcomeTable => {
  const table = new Map(known)
  for (const [wireValue, setting] of extensions) table.set(wireValue.toLowerCase(), settingOutcomes[setting])
  return table
}

/** Reads a wire value, without regard to case; whatever is not in the table, missing included, is declined. */
export const readOutcome = (table: OutcomeTable, wireValue: unknown): Outcome =>
  typeof wireValue === "string" ? (table.get(wireValue.toLowerCase()) ?? "declined") : "declined"

export const isDeciding = (outcome: Outcome): boolean => outcome !== "review"
