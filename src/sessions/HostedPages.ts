import { Context, Effect, Layer } from "effect"
import { type Identifier, identifiersIn } from "../domain/Correlation.js"
import { withResult } from "../domain/Redirects.js"
import { type HostedSession, VerifyHumanClient } from "../verifyhuman/VerifyHumanClient.js"
import type { VerifyHumanError } from "../verifyhuman/VerifyHumanError.js"
import { StartFailed } from "./SessionErrors.js"
import type { StartPlan } from "./StartPlan.js"

/** A page where one user can verify. `expiresAt` is null when only our own clock can say. */
export interface HostedPage {
  readonly url: string
  readonly expiresAt: number | null
  readonly identifiers: ReadonlyArray<Identifier>
  readonly confirmable: boolean
}

const placeholder = "{session_ref}"

const flowPage = (flowUrl: string, sessionRef: string): HostedPage => ({
  url: flowUrl.replaceAll(placeholder, sessionRef),
  expiresAt: null,
  identifiers: [],
  confirmable: flowUrl.includes(placeholder)
})

const hostedPage = ({ answer, expiresAt, hostedUrl }: HostedSession): HostedPage => ({
  url: hostedUrl,
  expiresAt,
  identifiers: identifiersIn(answer),
  confirmable: true
})

const startFailed = (error: VerifyHumanError): StartFailed => {
  switch (error._tag) {
    case "ProviderRejected":
      return new StartFailed({ failure: "provider_rejected", retryAfterMillis: null })
    case "ProviderOutOfCredits":
      return new StartFailed({ failure: "provider_out_of_credits", retryAfterMillis: null })
    case "ProviderUnavailable":
      return new StartFailed({
        failure: "provider_unavailable",
        retryAfterMillis: error.retryAfterMillis
      })
    case "ProviderTimeout":
      return new StartFailed({ failure: "provider_timeout", retryAfterMillis: null })
  }
}

/** Where the page of a new session comes from: the team's Flow URL, or a call to the provider. */
export class HostedPages extends Context.Tag("verifyhuman-dropin/HostedPages")<
  HostedPages,
  {
    readonly make: (plan: StartPlan, sessionRef: string) => Effect.Effect<HostedPage, StartFailed>
  }
>() {
  static readonly layer: Layer.Layer<HostedPages, never, VerifyHumanClient> = Layer.effect(
    HostedPages,
    Effect.gen(function* () {
      const client = yield* VerifyHumanClient

      const generate = (
        plan: StartPlan,
        sessionRef: string
      ): Effect.Effect<HostedSession, VerifyHumanError> => {
        const redirect = (url: string | null, result: "pass" | "fail") =>
          url === null ? null : withResult(url, sessionRef, result)
        return client.generate({
          ...plan,
          redirectUrl: redirect(plan.redirectUrl, "pass"),
          failureRedirectUrl: redirect(plan.failureRedirectUrl, "fail")
        })
      }

      const refused = (error: VerifyHumanError) =>
        Effect.logWarning("VerifyHuman gave no session").pipe(
          Effect.annotateLogs({
            failure: error._tag,
            ...(error._tag === "ProviderRejected" ? { why: error.why, status: error.status } : {})
          }),
          Effect.zipRight(startFailed(error))
        )

      return {
        make: (plan, sessionRef) =>
          plan.flowUrl === null
            ? generate(plan, sessionRef).pipe(Effect.map(hostedPage), Effect.catchAll(refused))
            : Effect.succeed(flowPage(plan.flowUrl, sessionRef))
      }
    })
  )
}
