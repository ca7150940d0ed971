import { Data } from "effect"

/** One setting that is missing or wrong: which, and what it expects. Never its value, which may be a secret. */
export interface SettingsProblem {
  readonly variable: string
  readonly expected: string
}

/** Every problem of the settings at once (contract section 2). */
export class SettingsError extends Data.TaggedError("SettingsError")<{
  readonly problems: ReadonlyArray<SettingsProblem>
}> {
  override get message(): string {
    const lines = this.problems.map(({ expected, variable }) => `  ${variable}: expected ${expected}`)
    return ["The settings are not usable:", ...lines].join("\n")
  }
}
