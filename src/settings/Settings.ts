import { Array, Context, Duration, Effect, Either, Layer, LogLevel, type Redacted } from "effect"
import { Environment } from "../domain/Environment.js"
import type { OutcomeSetting } from "../domain/Outcome.js"
import type { Product } from "../domain/Product.js"
import { checkRedirect, isLoopback, parsePrefix, type RedirectPrefix } from "../domain/Redirects.js"
import type { SignatureSetting } from "../domain/Signature.js"
import * as Parse from "./Parsers.js"
import { madeUp, sandboxApiKey, sandboxClientKey } from "./SandboxDefaults.js"
import { SettingsError } from "./SettingsError.js"
import { list, readVariables } from "./Variables.js"

type Secret = Redacted.Redacted

/** Every setting of the service (contract section 2), read and checked once. */
export interface SettingsValue {
  readonly environment: Environment
  readonly host: string
  readonly port: number
  readonly publicUrl: string
  /** The stand-in provider that runs beside the service; only in the environment `sandbox`. */
  readonly sandbox: { readonly port: number; readonly url: string; readonly behaviour: string } | null
  readonly database: Parse.Database
  readonly verifyHuman: {
    readonly baseUrl: string
    readonly apiKey: Secret | null
    readonly authScheme: "bearer" | "x-api-key"
    readonly clientKey: Secret | null
    readonly timeout: Duration.Duration
    readonly deadline: Duration.Duration
    readonly flowUrl: string | null
    readonly product: Product
    readonly products: ReadonlyArray<Product>
    readonly outcomes: ReadonlyMap<string, OutcomeSetting>
    readonly expiresInHours: number
    readonly pageTitle: string | null
    readonly successMessage: string | null
    readonly failureMessage: string | null
  }
  readonly webhooks: {
    readonly secrets: Array.NonEmptyReadonlyArray<Secret>
    readonly signatureScheme: SignatureSetting
  }
  readonly redirects: {
    readonly appRedirectUrl: string | null
    readonly allowlist: ReadonlyArray<RedirectPrefix>
  }
  readonly auth: {
    readonly jwksUrl: string | null
    readonly jwtSecret: Secret | null
    readonly issuer: string | null
    readonly audience: string | null
    readonly userClaim: string
    readonly serviceKeys: ReadonlyArray<Secret>
  }
  readonly operators: { readonly tokens: ReadonlyArray<Secret>; readonly readTokens: ReadonlyArray<Secret> }
  readonly actions: { readonly url: string | null; readonly secrets: ReadonlyArray<Secret> }
  readonly limits: { readonly start: Parse.Limit }
  readonly retention: { readonly days: number; readonly reviewDays: number }
  readonly observability: {
    readonly otlpEndpoint: string | null
    readonly logLevel: LogLevel.LogLevel
    readonly logFormat: "pretty" | "json"
  }
  readonly warnings: ReadonlyArray<string>
}

/** The names of all variables, in the order of the contract. */
export const variableNames = [
  "NODE_ENV",
  "VERIFYHUMAN_ENVIRONMENT",
  "HOST",
  "PORT",
  "PUBLIC_URL",
  "SANDBOX_PORT",
  "SANDBOX_BEHAVIOUR",
  "DATABASE_URL",
  "VERIFYHUMAN_BASE_URL",
  "VERIFYHUMAN_API_KEY",
  "VERIFYHUMAN_AUTH_SCHEME",
  "VERIFYHUMAN_WEBHOOK_SECRETS",
  "VERIFYHUMAN_SIGNATURE_SCHEME",
  "VERIFYHUMAN_CLIENT_KEY",
  "VERIFYHUMAN_FLOW_URL",
  "VERIFYHUMAN_PRODUCT",
  "VERIFYHUMAN_PRODUCTS",
  "VERIFYHUMAN_OUTCOMES",
  "VERIFYHUMAN_EXPIRES_IN_HOURS",
  "VERIFYHUMAN_PAGE_TITLE",
  "VERIFYHUMAN_SUCCESS_MESSAGE",
  "VERIFYHUMAN_FAILURE_MESSAGE",
  "VERIFYHUMAN_TIMEOUT",
  "VERIFYHUMAN_DEADLINE",
  "APP_REDIRECT_URL",
  "REDIRECT_URL_ALLOWLIST",
  "AUTH_JWKS_URL",
  "AUTH_JWT_SECRET",
  "AUTH_ISSUER",
  "AUTH_AUDIENCE",
  "AUTH_USER_CLAIM",
  "SERVICE_API_KEYS",
  "ADMIN_TOKENS",
  "ADMIN_READ_TOKENS",
  "ACTION_WEBHOOK_URL",
  "ACTION_WEBHOOK_SECRETS",
  "START_LIMIT",
  "RETENTION_DAYS",
  "REVIEW_DAYS",
  "OTEL_EXPORTER_OTLP_ENDPOINT",
  "LOG_LEVEL",
  "LOG_FORMAT"
] as const

const atLeast32 = (secret: string) => secret.length >= 32
const isTerminal = () => process.stdout.isTTY === true

const read: Effect.Effect<SettingsValue, SettingsError> = Effect.gen(function* () {
  const env = yield* readVariables(variableNames)
  const { optional, problem, secret, secrets, text, withDefault } = env
  const warnings: Array<string> = []

  const environment = withDefault(
    "VERIFYHUMAN_ENVIRONMENT",
    "sandbox, test or live",
    Parse.oneOf(...Environment.literals),
    "sandbox"
  )
  const isSandbox = environment === "sandbox" && env.problems.length === 0
  if (isSandbox && text("NODE_ENV") === "production") {
    problem(
      "VERIFYHUMAN_ENVIRONMENT",
      "test or live, because NODE_ENV is production: the sandbox verifies nobody"
    )
  }
  const required = (variable: string, expected: string, isThere: boolean) => {
    if (!isSandbox && !isThere) problem(variable, `${expected}; it is required in test and live`)
  }

  const portNumber = Parse.wholeNumber(0, 65_535)
  const host = text("HOST") ?? (isSandbox ? "127.0.0.1" : "0.0.0.0")
  const port = withDefault("PORT", "a port number, 0 to 65535", portNumber, 3000)
  const address = "an http:// or https:// address"
  const publicUrl = withDefault("PUBLIC_URL", address, Parse.httpUrl, `http://localhost:${port}`)
  const sandboxPort = withDefault("SANDBOX_PORT", "a port number, 0 to 65535", portNumber, 3001)
  const sandboxUrl = `http://${new URL(publicUrl).hostname}:${sandboxPort}`
  if (isSandbox && !isLoopback(host)) {
    warnings.push(`HOST=${host}: the sandbox, which verifies nobody, can be reached from the network`)
  }

  const hosted = "a whole number of hours, 1 to 72"
  const short = "at most 200 characters"
  const time = "a duration such as 5 seconds or 2 minutes"
  const product = withDefault(
    "VERIFYHUMAN_PRODUCT",
    "verifyhuman, verifyage, verifyidentity or verifycompliance",
    Parse.product,
    "verifyidentity"
  )
  const products = withDefault(
    "VERIFYHUMAN_PRODUCTS",
    "a comma-separated list of verifyhuman, verifyage, verifyidentity, verifycompliance",
    Parse.products,
    [product]
  )
  const timeout = withDefault("VERIFYHUMAN_TIMEOUT", time, Parse.duration, Duration.seconds(4))
  const deadline = withDefault("VERIFYHUMAN_DEADLINE", time, Parse.duration, Duration.seconds(8))
  if (Duration.greaterThan(timeout, deadline)) {
    problem("VERIFYHUMAN_TIMEOUT", "no longer than VERIFYHUMAN_DEADLINE")
  }
  const flowUrl = optional(
    "VERIFYHUMAN_FLOW_URL",
    "an https:// address, with or without {session_ref}",
    (value) =>
      Either.isRight(checkRedirect(value.replaceAll("{session_ref}", "x"))) && /^https?:/.test(value)
        ? value
        : null
  )
  if (flowUrl !== null && !flowUrl.includes("{session_ref}")) {
    warnings.push(
      "VERIFYHUMAN_FLOW_URL has no {session_ref}: the provider has nothing to echo, its sessions cannot be confirmed and stay pending"
    )
  }
  const flowServesAll = flowUrl !== null && products.every((one) => one === product)
  const apiKey = secret("VERIFYHUMAN_API_KEY")
  required("VERIFYHUMAN_API_KEY", "your private key", apiKey !== null || flowServesAll)

  const webhookSecrets = secrets(
    "VERIFYHUMAN_WEBHOOK_SECRETS",
    "a comma-separated list of secrets",
    () => true
  )
  required(
    "VERIFYHUMAN_WEBHOOK_SECRETS",
    "one or more secrets, separated by commas",
    webhookSecrets.length > 0
  )

  const jwksUrl = optional("AUTH_JWKS_URL", address, Parse.httpUrl)
  const jwtSecret = secret("AUTH_JWT_SECRET")
  if (jwtSecret !== null && Buffer.byteLength(text("AUTH_JWT_SECRET") ?? "") < 32) {
    problem("AUTH_JWT_SECRET", "a secret of at least 32 bytes")
  }
  required(
    "AUTH_JWKS_URL",
    "the address of your key set, or AUTH_JWT_SECRET",
    jwksUrl !== null || jwtSecret !== null
  )

  const plainHttpOrigin = isSandbox ? new URL(publicUrl).origin : undefined
  const appRedirectUrl = withDefault(
    "APP_REDIRECT_URL",
    "a deep link (myapp://…) or an https:// address, without user info and fragment",
    (value) => Either.getOrNull(checkRedirect(value, plainHttpOrigin)),
    isSandbox ? `${publicUrl}/demo/return` : null
  )
  const allowlist = withDefault<ReadonlyArray<RedirectPrefix>>(
    "REDIRECT_URL_ALLOWLIST",
    "a comma-separated list of prefixes: scheme and host, and a path if need be",
    (value) => Either.getOrNull(Either.all(list(value).map((entry) => parsePrefix(entry, plainHttpOrigin)))),
    appRedirectUrl === null
      ? []
      : Either.getOrElse(Either.all([parsePrefix(appRedirectUrl, plainHttpOrigin)]), () => [])
  )

  const longTokens = "a comma-separated list of tokens of at least 32 characters each"
  const serviceKeys = secrets("SERVICE_API_KEYS", longTokens.replace("tokens", "keys"), atLeast32)
  const adminTokens = secrets("ADMIN_TOKENS", longTokens, atLeast32)
  const readTokens = secrets("ADMIN_READ_TOKENS", longTokens, atLeast32)
  const actionUrl = optional("ACTION_WEBHOOK_URL", address, Parse.httpUrl)
  const actionSecrets = secrets(
    "ACTION_WEBHOOK_SECRETS",
    "a comma-separated list of whsec_<base64 of 24 to 64 bytes>",
    Parse.isStandardWebhooksSecret
  )
  if (actionUrl !== null && actionSecrets.length === 0) {
    problem("ACTION_WEBHOOK_SECRETS", "one or more secrets, because ACTION_WEBHOOK_URL is set")
  }
  const days = "a whole number of days, 1 to 3650"

  const settings: SettingsValue = {
    environment,
    host,
    port,
    publicUrl,
    sandbox: isSandbox
      ? { port: sandboxPort, url: sandboxUrl, behaviour: text("SANDBOX_BEHAVIOUR") ?? "" }
      : null,
    database: withDefault("DATABASE_URL", "sqlite:PATH or sqlite::memory:", Parse.database, {
      _tag: "sqlite",
      filename: "./data/verifyhuman-dropin.db"
    }),
    verifyHuman: {
      baseUrl: withDefault(
        "VERIFYHUMAN_BASE_URL",
        address,
        Parse.httpUrl,
        isSandbox ? sandboxUrl : "https://app.verifyhuman.io"
      ),
      apiKey: apiKey ?? (isSandbox ? sandboxApiKey : null),
      authScheme: withDefault(
        "VERIFYHUMAN_AUTH_SCHEME",
        "bearer or x-api-key",
        Parse.oneOf("bearer", "x-api-key"),
        "bearer"
      ),
      clientKey: secret("VERIFYHUMAN_CLIENT_KEY") ?? (isSandbox ? sandboxClientKey : null),
      timeout,
      deadline,
      flowUrl,
      product,
      products,
      outcomes: withDefault(
        "VERIFYHUMAN_OUTCOMES",
        "a comma-separated list such as clear=pass,expired_document=fail (pass, fail or review)",
        Parse.outcomes,
        new Map()
      ),
      expiresInHours: withDefault("VERIFYHUMAN_EXPIRES_IN_HOURS", hosted, Parse.wholeNumber(1, 72), 1),
      pageTitle: optional("VERIFYHUMAN_PAGE_TITLE", short, Parse.shortText),
      successMessage: optional("VERIFYHUMAN_SUCCESS_MESSAGE", short, Parse.shortText),
      failureMessage: optional("VERIFYHUMAN_FAILURE_MESSAGE", short, Parse.shortText)
    },
    webhooks: {
      secrets: Array.isNonEmptyReadonlyArray(webhookSecrets) ? webhookSecrets : [madeUp.webhookSecret()],
      signatureScheme: withDefault(
        "VERIFYHUMAN_SIGNATURE_SCHEME",
        "body, timestamp.body or either",
        Parse.oneOf("body", "timestamp.body", "either"),
        "either"
      )
    },
    redirects: { appRedirectUrl, allowlist },
    auth: {
      jwksUrl,
      jwtSecret: jwtSecret ?? (isSandbox ? madeUp.jwtSecret() : null),
      issuer: text("AUTH_ISSUER"),
      audience: text("AUTH_AUDIENCE"),
      userClaim: text("AUTH_USER_CLAIM") ?? "sub",
      serviceKeys
    },
    operators: {
      tokens: isSandbox && adminTokens.length === 0 ? [madeUp.adminToken()] : adminTokens,
      readTokens
    },
    actions: { url: actionUrl, secrets: actionSecrets },
    limits: {
      start: withDefault(
        "START_LIMIT",
        "a limit such as 5 per hour (second, minute, hour or day)",
        Parse.limit,
        {
          count: 5,
          windowMillis: 3_600_000
        }
      )
    },
    retention: {
      days: withDefault("RETENTION_DAYS", days, Parse.wholeNumber(1, 3650), 30),
      reviewDays: withDefault("REVIEW_DAYS", days, Parse.wholeNumber(1, 3650), 14)
    },
    observability: {
      otlpEndpoint: optional("OTEL_EXPORTER_OTLP_ENDPOINT", address, Parse.httpUrl),
      logLevel: withDefault("LOG_LEVEL", Parse.logLevelNames.join(", "), Parse.logLevel, LogLevel.Info),
      logFormat: withDefault(
        "LOG_FORMAT",
        "pretty or json",
        Parse.oneOf("pretty", "json"),
        isTerminal() ? "pretty" : "json"
      )
    },
    warnings
  }
  return env.problems.length === 0 ? settings : yield* new SettingsError({ problems: env.problems })
})

/** The settings, from the current `ConfigProvider`. */
export class Settings extends Context.Tag("verifyhuman-dropin/Settings")<Settings, SettingsValue>() {
  static readonly read = read
  static readonly layer: Layer.Layer<Settings, SettingsError> = Layer.effect(Settings, read)
}
