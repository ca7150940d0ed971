import { Either } from "effect"
import type { SettingsValue } from "../../settings/Settings.js"
import type { SettingsError } from "../../settings/SettingsError.js"
import { type Finding, failed, ok, warning } from "./Finding.js"

const check = "settings"

/** Every problem and warning of the settings. */
export const settingsFindings = (
  settings: Either.Either<SettingsValue, SettingsError>
): ReadonlyArray<Finding> =>
  Either.match(settings, {
    onLeft: ({ problems }) =>
      problems.map(({ expected, variable }) =>
        failed(check, `${variable} is missing or wrong`, `expected ${expected}`)
      ),
    onRight: ({ environment, warnings }) => [
      ok(check, `are usable, for the environment ${environment}`),
      ...warnings.map((text) => warning(check, text))
    ]
  })
