import { NodeContext } from "@effect/platform-node"
import { type Context, Effect, Layer, Logger, LogLevel } from "effect"
import { consoleMethods, consoleRoutes } from "../../src/console/Console.js"
import { routes, serve } from "../../src/http/HttpService.js"
import { OperatorPolicy } from "../../src/http/OperatorAccess.js"
import { AuthenticationPolicy, tokenAuthenticatorLayer } from "../../src/http/TokenAuthenticator.js"
import { Observing } from "../../src/operators/Observing.js"
import { Operations } from "../../src/operators/Operations.js"
import { PollGate } from "../../src/polling/PollGate.js"
import { HostedPages } from "../../src/sessions/HostedPages.js"
import { SessionPolicy } from "../../src/sessions/SessionPolicy.js"
import { Sessions } from "../../src/sessions/Sessions.js"
import { VerdictPolicy } from "../../src/sessions/VerdictPolicy.js"
import { tablesMemory } from "../../src/storage/memory/TablesMemory.js"
import { VerifyHumanClient } from "../../src/verifyhuman/VerifyHumanClient.js"
import { ProviderUnavailable } from "../../src/verifyhuman/VerifyHumanError.js"
import { WebhookIntake } from "../../src/webhooks/WebhookIntake.js"
import { WebhookPolicy } from "../../src/webhooks/WebhookPolicy.js"
import { WebhookVerifier } from "../../src/webhooks/WebhookVerifier.js"
import {
  ask,
  authenticationPolicy,
  ofOneProcess,
  operatorPolicy,
  Provider,
  sessionPolicy,
  webhookPolicy
} from "../http/harness.js"
import { unique, verdictPolicy } from "../suites/fixtures.js"
import { ports } from "../suites/storage.js"

const provider = Layer.effect(
  VerifyHumanClient,
  Effect.map(Provider, ({ tokens }) => ({
    generate: () =>
      Effect.sync(() => {
        const token = unique("tok-")
        tokens.push(token)
        const hostedUrl = `https://app.verifyhuman.io/hosted/v/${token}`
        return { hostedUrl, token, expiresAt: Date.now() + 3_600_000, answer: { token } }
      }),
    status: () => Effect.fail(new ProviderUnavailable({ retryAfterMillis: null }))
  }))
)

/** The service with its console, on a socket of its own. */
export const serving = (
  given: { readonly operators?: Context.Tag.Service<OperatorPolicy>; readonly secure?: boolean } = {}
) =>
  serve(Layer.merge(routes, consoleRoutes({ secure: given.secure ?? false })), {
    host: "127.0.0.1",
    port: 0,
    methods: consoleMethods
  }).pipe(
    Layer.provide([Sessions.layer, WebhookIntake.layer, Operations.layer, Observing.layer]),
    Layer.provide([HostedPages.layer, WebhookVerifier.layer, tokenAuthenticatorLayer]),
    Layer.provide([PollGate.layer, provider]),
    Layer.provideMerge(ports),
    Layer.provide([
      ofOneProcess(tablesMemory),
      Layer.succeed(OperatorPolicy, given.operators ?? operatorPolicy),
      Layer.succeed(VerdictPolicy, verdictPolicy),
      Layer.succeed(SessionPolicy, sessionPolicy),
      Layer.succeed(WebhookPolicy, webhookPolicy),
      Layer.succeed(AuthenticationPolicy, authenticationPolicy)
    ]),
    Layer.provide([NodeContext.layer, Logger.minimumLogLevel(LogLevel.None)]),
    Layer.provideMerge(Provider.layer),
    Layer.fresh
  )

const json = { "content-type": "application/json" }

export const signIn = (token: unknown) =>
  ask("/console/sign-in", { method: "POST", headers: json, body: JSON.stringify({ token }) })

/** What a browser sends back of a cookie. */
export const cookieOf = (headers: Headers): string => (headers.get("set-cookie") ?? "").split(";")[0] ?? ""

/** The cookie of someone who has signed in. */
export const signedIn = (token: string) => Effect.map(signIn(token), ({ headers }) => cookieOf(headers))
