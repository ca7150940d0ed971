import { lookup } from "node:dns/promises"
import { Effect, Either } from "effect"
import { isJsonRecord } from "../../domain/Json.js"
import { isMetadataAddress } from "../../domain/MetadataAddress.js"
import type { SettingsValue } from "../../settings/Settings.js"
import { whyUnreachable } from "../Unreachable.js"
import { type Finding, failed, ok, skipped, warning } from "./Finding.js"
import { look } from "./Looking.js"

/** The key set that signs users' tokens. */
export const keySetFinding = Effect.fnUntraced(function* ({ auth: { jwksUrl } }: SettingsValue) {
  const check = "key set"
  if (jwksUrl === null) return skipped(check, "AUTH_JWKS_URL is not set")
  const seen = yield* Effect.either(look(jwksUrl))
  const advice = "look at AUTH_JWKS_URL: without it nobody can sign in"
  if (Either.isLeft(seen)) return failed(check, `${jwksUrl} cannot be reached: ${seen.left.why}`, advice)
  const { json, status } = seen.right
  const keys = isJsonRecord(json) && Array.isArray(json.keys) ? json.keys.length : null
  if (status !== 200 || keys === null) {
    return failed(check, `${jwksUrl} answers ${status}, and no key set`, advice)
  }
  return keys === 0
    ? warning(check, `${jwksUrl} holds no keys`, advice)
    : ok(check, `${jwksUrl} holds ${keys} ${keys === 1 ? "key" : "keys"}`)
})

/** Where verdicts are delivered to. */
export const actionsFinding = ({ actions: { url } }: SettingsValue): Effect.Effect<Finding> => {
  const check = "actions"
  if (url === null)
    return Effect.succeed(skipped(check, "ACTION_WEBHOOK_URL is not set: nothing is delivered"))
  const hostname = new URL(url).hostname.replace(/^\[|\]$/g, "")
  return Effect.match(
    Effect.tryPromise(() => lookup(hostname, { all: true })),
    {
      onFailure: ({ error }) =>
        failed(
          check,
          `the host of ACTION_WEBHOOK_URL, ${hostname}, has no address: ${whyUnreachable(error)}`,
          "look at ACTION_WEBHOOK_URL and at this machine's DNS"
        ),
      onSuccess: (addresses) =>
        addresses.some(({ address }) => isMetadataAddress(address))
          ? failed(
              check,
              `the host of ACTION_WEBHOOK_URL, ${hostname}, leads to a link-local address`,
              "such an address is refused: set another one"
            )
          : ok(check, `the host of ACTION_WEBHOOK_URL, ${hostname}, has an address`)
    }
  )
}
