import { Either } from "effect"
import { allow, isLoopback } from "../../domain/Redirects.js"
import type { SettingsValue } from "../../settings/Settings.js"
import { type Finding, failed, ok, warning } from "./Finding.js"

const check = "redirect"

/** Where the hosted page leads back to. */
export const redirectFinding = ({ publicUrl, redirects, sandbox }: SettingsValue): Finding => {
  const { allowlist, appRedirectUrl } = redirects
  if (appRedirectUrl === null) {
    return warning(
      check,
      "APP_REDIRECT_URL is not set: the hosted page leads nowhere",
      "set it to a deep link or an https address of the app"
    )
  }
  const plainHttpOrigin = sandbox === null ? undefined : new URL(publicUrl).origin
  if (Either.isLeft(allow(appRedirectUrl, allowlist, plainHttpOrigin))) {
    return failed(
      check,
      `${appRedirectUrl} is not within REDIRECT_URL_ALLOWLIST: an app that asks for it is refused`,
      "add it to the list"
    )
  }
  const { hostname, protocol } = new URL(appRedirectUrl)
  if (protocol === "http:" && sandbox === null) {
    return isLoopback(hostname)
      ? warning(
          check,
          `${appRedirectUrl} leads a phone to itself`,
          "set APP_REDIRECT_URL to a deep link or https"
        )
      : failed(check, `${appRedirectUrl} is plain http`, "set APP_REDIRECT_URL to a deep link or https")
  }
  return ok(check, `${appRedirectUrl} is within the allow-list of ${allowlist.length}`)
}
