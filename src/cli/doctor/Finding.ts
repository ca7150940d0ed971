import { escaped } from "../../domain/Text.js"
import { bold, byState, faint } from "../Ink.js"

export type Result = "ok" | "warning" | "failed" | "skipped"

/** What a check found, and what to do about it. */
export interface Finding {
  readonly check: string
  readonly result: Result
  readonly message: string
  readonly advice: string | null
}

const found =
  (result: Result) =>
  (check: string, message: string, advice: string | null = null): Finding => ({
    check,
    result,
    message,
    advice
  })

export const ok = found("ok")
export const warning = found("warning")
export const failed = found("failed")
/** It could not be checked, or there is nothing to check. */
export const skipped = found("skipped")

/** As a line. */
export const shown = ({ advice, check, message, result }: Finding): string =>
  `${byState(result)(result.padEnd(7))}  ${bold(check.padEnd(12))}  ${escaped(message)}${advice === null ? "" : faint(`; ${escaped(advice)}`)}`
