import type { FieldError } from "../sessions/SessionErrors.js"
import { Problem } from "./Problem.js"

const fieldError = (issue: {
  readonly path: ReadonlyArray<PropertyKey>
  readonly _tag: string
}): FieldError => ({
  path: issue.path.map(String).join("."),
  message:
    issue._tag === "Missing"
      ? "is missing"
      : issue._tag === "Unexpected"
        ? "is not a known field"
        : "is not valid"
})

/** Schema issues with their paths and without the values that they quote. */
export const invalidRequest = (
  issues: ReadonlyArray<{ readonly path: ReadonlyArray<PropertyKey>; readonly _tag: string }>
): Problem => {
  const seen = new Map(issues.map(fieldError).map((error) => [error.path, error]))
  return new Problem({ code: "invalid_request", errors: [...seen.values()] })
}
