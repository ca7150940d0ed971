import { Effect, Either, Layer } from "effect"
import type { SettingsValue } from "../../settings/Settings.js"
import { pooledTransport } from "../../verifyhuman/PooledTransport.js"
import { VerifyHumanClient } from "../../verifyhuman/VerifyHumanClient.js"
import { type Finding, failed, ok, skipped, warning } from "./Finding.js"
import type { NothingSeen, Seen } from "./Looking.js"

/** Any answer counts: whoever answers can be reached. */
export const providerFinding = (
  { sandbox, verifyHuman: { baseUrl } }: SettingsValue,
  seen: Either.Either<Seen, NothingSeen>
): Finding => {
  if (Either.isRight(seen)) return ok("provider", `${baseUrl} can be reached`)
  const message = `${baseUrl} cannot be reached: ${seen.left.why}`
  return sandbox === null
    ? failed("provider", message, "look at VERIFYHUMAN_BASE_URL, and at this machine's way out")
    : skipped("provider", `${message}; the sandbox's stand-in runs with the service`)
}

/** The private key is good for one thing alone, which costs a credit. */
export const apiKeyFinding = ({ sandbox, verifyHuman: { apiKey, flowUrl } }: SettingsValue): Finding => {
  if (sandbox !== null) return skipped("API key", "the sandbox needs none of VerifyHuman's")
  if (apiKey !== null) {
    return skipped("API key", "is set; only a start can tell whether it is accepted, and that costs a credit")
  }
  return flowUrl === null
    ? failed("API key", "is not set", "set VERIFYHUMAN_API_KEY")
    : ok("API key", "is not needed: starts use VERIFYHUMAN_FLOW_URL")
}

const noSuchSession = "doctor-asks-for-no-session"

/** Asks for the status of a session that does not exist: an answer of 404 comes after the key was accepted. */
export const clientKeyFinding = ({ verifyHuman }: SettingsValue): Effect.Effect<Finding> => {
  const check = "client key"
  if (verifyHuman.clientKey === null) {
    return Effect.succeed(skipped(check, "is not set: sessions of the app's own SDK cannot be tracked"))
  }
  return VerifyHumanClient.pipe(
    Effect.flatMap(({ status }) => status(verifyHuman.product, noSuchSession)),
    Effect.match({
      onSuccess: () => ok(check, "is accepted"),
      onFailure: (error) => {
        switch (error._tag) {
          case "ProviderOutOfCredits":
            return warning(check, "is accepted, but no credits remain", "buy credits in the dashboard")
          case "ProviderUnavailable":
          case "ProviderTimeout":
            return skipped(check, "could not be checked: the provider did not answer as it should")
          case "ProviderRejected":
            switch (error.why) {
              case "key_not_accepted":
                return failed(
                  check,
                  `is not accepted (${error.status})`,
                  "look at VERIFYHUMAN_CLIENT_KEY and VERIFYHUMAN_AUTH_SCHEME"
                )
              case "not_found":
                return ok(check, "is accepted")
              default:
                return skipped(
                  check,
                  `could not be checked: the provider answered ${error.status ?? "oddly"}`
                )
            }
        }
      }
    }),
    Effect.provide(Layer.provide(VerifyHumanClient.layer(verifyHuman), pooledTransport))
  )
}
