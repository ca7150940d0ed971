import { Duration, Effect, Layer } from "effect"
import { providerEnvironment } from "./domain/Environment.js"
import { outcomeTable } from "./domain/Outcome.js"
import { AuthenticationPolicy } from "./http/TokenAuthenticator.js"
import { SessionPolicy } from "./sessions/SessionPolicy.js"
import { Settings } from "./settings/Settings.js"
import { WebhookPolicy } from "./webhooks/WebhookPolicy.js"

const sessions = Layer.effect(
  SessionPolicy,
  Effect.map(Settings, ({ environment, limits, redirects, verifyHuman }) => ({
    environment: providerEnvironment(environment),
    defaultProduct: verifyHuman.product,
    products: verifyHuman.products,
    flowUrl: verifyHuman.flowUrl,
    expiresInHours: verifyHuman.expiresInHours,
    pageTitle: verifyHuman.pageTitle,
    successMessage: verifyHuman.successMessage,
    failureMessage: verifyHuman.failureMessage,
    redirectUrl: redirects.appRedirectUrl,
    redirectAllowlist: redirects.allowlist,
    startLimit: limits.start,
    providerDeadlineMillis: Duration.toMillis(verifyHuman.deadline)
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

/** What each room is told of the settings. */
export const policies: Layer.Layer<SessionPolicy | WebhookPolicy | AuthenticationPolicy, never, Settings> =
  Layer.mergeAll(sessions, webhooks, authentication)
