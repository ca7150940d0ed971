import { Duration, Effect, Layer } from "effect"
import { providerEnvironment } from "./domain/Environment.js"
import { outcomeTable } from "./domain/Outcome.js"
import { OperatorPolicy } from "./http/OperatorAccess.js"
import { AuthenticationPolicy } from "./http/TokenAuthenticator.js"
import { SessionPolicy } from "./sessions/SessionPolicy.js"
import { VerdictPolicy } from "./sessions/VerdictPolicy.js"
import { Settings } from "./settings/Settings.js"
import { WebhookPolicy } from "./webhooks/WebhookPolicy.js"

const sessions = Layer.effect(
  SessionPolicy,
  Effect.map(Settings, ({ environment, limits, publicUrl, redirects, sandbox, verifyHuman }) => ({
    environment: providerEnvironment(environment),
    ...(sandbox === null ? {} : { plainHttpOrigin: new URL(publicUrl).origin }),
    defaultProduct: verifyHuman.product,
    products: verifyHuman.products,
    flowUrl: verifyHuman.flowUrl,
    expiresInHours: verifyHuman.expiresInHours,
    pageTitle: verifyHuman.pageTitle,
    successMessage: verifyHuman.successMessage,
    failureMessage: verifyHuman.failureMessage,
    redirectUrl: redirects.appRedirectUrl,
    redirectAllowlist: redirects.allowlist,
    tracking: verifyHuman.clientKey !== null,
    startLimit: limits.start,
    providerDeadlineMillis: Duration.toMillis(verifyHuman.deadline)
  }))
)

const verdicts = Layer.effect(
  VerdictPolicy,
  Effect.map(Settings, ({ actions, environment, retention }) => ({
    environment: providerEnvironment(environment),
    reviewMillis: Duration.toMillis(Duration.days(retention.reviewDays)),
    actions: actions.url !== null
  }))
)

const webhooks = Layer.effect(
  WebhookPolicy,
  Effect.map(Settings, (settings) => ({
    secrets: settings.webhooks.secrets,
    scheme: settings.webhooks.signatureScheme,
    outcomes: outcomeTable(settings.verifyHuman.outcomes)
  }))
)

const authentication = Layer.effect(
  AuthenticationPolicy,
  Effect.map(Settings, ({ auth }) => auth)
)

const operators = Layer.effect(
  OperatorPolicy,
  Effect.map(Settings, ({ operators }) => operators)
)

/** What each room is told of the settings. */
export const policies: Layer.Layer<
  SessionPolicy | VerdictPolicy | WebhookPolicy | AuthenticationPolicy | OperatorPolicy,
  never,
  Settings
> = Layer.mergeAll(sessions, verdicts, webhooks, authentication, operators)
