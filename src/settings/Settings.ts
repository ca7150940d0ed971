import { Array, Context, Duration, Effect, Either, Equal, Layer, LogLevel, Redacted } from "effect"
import { Environment } from "../domain/Environment.js"
import type { OutcomeSetting } from "../domain/Outcome.js"
import type { Product } from "../domain/Product.js"
import { checkRedirect, isLoopback, parsePrefix, type RedirectPrefix } from "../domain/Redirects.js"
import type { SignatureSetting } from "../domain/Signature.js"
import { type DatabaseSettings, databaseOf, databaseVariables, isReadOnTheWay } from "./DatabaseSettings.js"
import * as Hosts from "./Hosts.js"
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
  readonly sandbox: {
    readonly port: number
    readonly url: string
    readonly behaviour: string
    /** Made up for whoever set none. */
    readonly adminToken: Secret | null
  } | null
  readonly database: DatabaseSettings
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
  ...databaseVariables,
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

/** Shorter than this, a secret can be guessed. */
const shortSecret = 16

const isTerminal = () => process.stdout.isTTY === true

const read: Effect.Effect<SettingsValue, SettingsError> = Effect.gen(function* () {
  const env = yield* readVariables(variableNames)
  const { isGood, optional, problem, secret, secrets, text, withDefault } = env
  const warnings: Array<string> = []

  const environment = withDefault(
    "VERIFYHUMAN_ENVIRONMENT",
    "sandbox, test or live",
    Parse.oneOf(...Environment.literals),
    "sandbox"
  )
  const isKnown = isGood("VERIFYHUMAN_ENVIRONMENT")
  const isSandbox = isKnown && environment === "sandbox"
  if (isSandbox && text("NODE_ENV") === "production") {
    problem(
      "VERIFYHUMAN_ENVIRONMENT",
      "test or live, because NODE_ENV is production: the sandbox verifies nobody"
    )
  }
  const required = (variable: string, expected: string, isThere: boolean) => {
    if (isKnown && !isSandbox && !isThere) problem(variable, `${expected}; it is required in test and live`)
  }

  const aPort = "a port number, 1 to 65535"
  const portNumber = Parse.wholeNumber(1, 65_535)
  const address = "an http:// or https:// address, without user info and fragment"
  const base = "an http:// or https:// address, without user info, query and fragment"
  const host = withDefault(
    "HOST",
    "the address to listen on, such as 127.0.0.1 or 0.0.0.0",
    Hosts.host,
    isSandbox ? "127.0.0.1" : "0.0.0.0"
  )
  const port = withDefault("PORT", aPort, portNumber, 3000)
  const publicUrl = withDefault("PUBLIC_URL", base, Parse.httpBase, `http://localhost:${port}`)
  const sandboxPort = withDefault("SANDBOX_PORT", aPort, portNumber, 3001)
  const sandboxUrl = `http://${new URL(publicUrl).hostname}:${sandboxPort}`
  if (isSandbox && isGood("PORT", "SANDBOX_PORT") && sandboxPort === port) {
    problem("SANDBOX_PORT", `a port other than PORT, which is ${port}`)
  }
  if (isSandbox && !isLoopback(Hosts.inUrl(host))) {
    warnings.push(`HOST=${host} lets the network reach the sandbox, which verifies nobody`)
    if (isLoopback(new URL(publicUrl).hostname)) {
      warnings.push(
        `PUBLIC_URL=${publicUrl} leads a phone to itself: it needs this machine's address in the network`
      )
    }
  }

  const hosted = "a whole number of hours, 1 to 72"
  const short = "at most 200 characters"
  const time = "a duration such as 5 seconds or 2 minutes, at most 1 hour"
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
  if (isGood("VERIFYHUMAN_TIMEOUT", "VERIFYHUMAN_DEADLINE") && Duration.greaterThan(timeout, deadline)) {
    if (text("VERIFYHUMAN_TIMEOUT") === null) {
      problem("VERIFYHUMAN_DEADLINE", `at least VERIFYHUMAN_TIMEOUT, which is ${Duration.format(timeout)}`)
    } else {
      problem("VERIFYHUMAN_TIMEOUT", `at most VERIFYHUMAN_DEADLINE, which is ${Duration.format(deadline)}`)
    }
  }
  const flowUrl = optional(
    "VERIFYHUMAN_FLOW_URL",
    "an https:// address, without user info and fragment, with or without {session_ref} in its path or query",
    (value) => {
      // Escaped, so that it is refused in a host, where it would lose its upper case.
      const checked = checkRedirect(value.replaceAll("{session_ref}", "%78"))
      return Either.isRight(checked) && /^https?:/.test(checked.right) ? value : null
    }
  )
  if (flowUrl !== null && !flowUrl.includes("{session_ref}")) {
    warnings.push(
      "VERIFYHUMAN_FLOW_URL has no {session_ref}: the provider has nothing to echo, its sessions cannot be confirmed and stay pending"
    )
  }
  const baseUrl = withDefault(
    "VERIFYHUMAN_BASE_URL",
    base,
    Parse.httpBase,
    isSandbox ? `http://${Hosts.reachable(host)}:${sandboxPort}` : "https://app.verifyhuman.io"
  )
  const aKey = "a key of printable characters, without spaces"
  const apiKey = secret("VERIFYHUMAN_API_KEY", aKey, Parse.isHeaderValue)
  const clientKey = secret("VERIFYHUMAN_CLIENT_KEY", aKey, Parse.isHeaderValue)
  const flowServesAll = text("VERIFYHUMAN_FLOW_URL") !== null && products.every((one) => one === product)
  required("VERIFYHUMAN_API_KEY", "your private key", text("VERIFYHUMAN_API_KEY") !== null || flowServesAll)
  const standsIn = isSandbox && text("VERIFYHUMAN_BASE_URL") === null
  for (const variable of standsIn ? ["VERIFYHUMAN_API_KEY", "VERIFYHUMAN_CLIENT_KEY"] : []) {
    if (text(variable) !== null) warnings.push(`${variable} is not used: the sandbox provider has its own`)
  }

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

  const canBeGuessed = (secret: string) => secret.length < shortSecret || secret.includes("…")
  if (!isSandbox && webhookSecrets.some((one) => canBeGuessed(Redacted.value(one)))) {
    warnings.push(
      "VERIFYHUMAN_WEBHOOK_SECRETS has a secret that can be guessed: whoever does can forge webhooks"
    )
  }

  const database = databaseOf(env)
  if (!isSandbox && isReadOnTheWay(database)) {
    warnings.push("DATABASE_URL has no sslmode: whoever is on the way to PostgreSQL can read along")
  }

  const jwksUrl = optional("AUTH_JWKS_URL", address, Parse.httpUrl)
  const jwtSecret = secret(
    "AUTH_JWT_SECRET",
    "a secret of at least 32 bytes",
    (value) => Buffer.byteLength(value) >= 32
  )
  required(
    "AUTH_JWKS_URL",
    "the address of your key set, or AUTH_JWT_SECRET instead",
    text("AUTH_JWKS_URL") !== null || text("AUTH_JWT_SECRET") !== null
  )
  const isUnprotected = (url: string) =>
    !isSandbox && new URL(url).protocol === "http:" && !isLoopback(new URL(url).hostname)
  if (isUnprotected(baseUrl)) {
    warnings.push("VERIFYHUMAN_BASE_URL is plain http: whoever is on the way can read the private key")
  }
  if (jwksUrl !== null && isUnprotected(jwksUrl)) {
    warnings.push("AUTH_JWKS_URL is plain http: whoever is on the way can sign in as anybody")
  }

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
    (value) => {
      const prefixes = list(value).map((entry) => parsePrefix(entry, plainHttpOrigin))
      return prefixes.length === 0 ? null : Either.getOrNull(Either.all(prefixes))
    },
    appRedirectUrl === null
      ? []
      : Either.getOrElse(Either.all([parsePrefix(appRedirectUrl, plainHttpOrigin)]), () => [])
  )

  const longOnes = (name: string) =>
    `a comma-separated list of ${name}, each of at least 32 letters, digits and -._~+/`
  const serviceKeys = secrets("SERVICE_API_KEYS", longOnes("keys"), Parse.isBearerToken)
  const adminTokens = secrets("ADMIN_TOKENS", longOnes("tokens"), Parse.isBearerToken)
  const madeUpToken = isSandbox && adminTokens.length === 0 ? madeUp.adminToken() : null
  const readTokens = secrets("ADMIN_READ_TOKENS", longOnes("tokens"), Parse.isBearerToken)
  if (readTokens.some((token) => adminTokens.some((other) => Equal.equals(token, other)))) {
    problem("ADMIN_READ_TOKENS", "tokens that are not in ADMIN_TOKENS, because these may only read")
  }
  const toSandbox = isSandbox && text("ACTION_WEBHOOK_URL") === null
  const actionUrl = withDefault(
    "ACTION_WEBHOOK_URL",
    `${address}, and not link-local`,
    Parse.deliveryUrl,
    isSandbox ? `http://${Hosts.reachable(host)}:${sandboxPort}/sandbox/actions` : null
  )
  const actionSecrets = secrets(
    "ACTION_WEBHOOK_SECRETS",
    "a comma-separated list of whsec_<base64 of 24 to 64 bytes>",
    Parse.isStandardWebhooksSecret
  )
  if (!toSandbox && isGood("ACTION_WEBHOOK_URL") && actionUrl !== null && actionSecrets.length === 0) {
    problem("ACTION_WEBHOOK_SECRETS", "one or more secrets, because ACTION_WEBHOOK_URL is set")
  }
  const days = "a whole number of days, 1 to 3650"

  const settings: SettingsValue = {
    environment,
    host,
    port,
    publicUrl,
    sandbox: isSandbox
      ? {
          port: sandboxPort,
          url: sandboxUrl,
          behaviour: text("SANDBOX_BEHAVIOUR") ?? "",
          adminToken: madeUpToken
        }
      : null,
    database,
    verifyHuman: {
      baseUrl,
      apiKey: (standsIn ? null : apiKey) ?? (isSandbox ? sandboxApiKey : null),
      authScheme: withDefault(
        "VERIFYHUMAN_AUTH_SCHEME",
        "bearer or x-api-key",
        Parse.oneOf("bearer", "x-api-key"),
        "bearer"
      ),
      clientKey: (standsIn ? null : clientKey) ?? (isSandbox ? sandboxClientKey : null),
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
      tokens: madeUpToken === null ? adminTokens : [madeUpToken],
      readTokens
    },
    actions: {
      url: actionUrl,
      secrets: toSandbox && actionSecrets.length === 0 ? [madeUp.webhookSecret()] : actionSecrets
    },
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
      otlpEndpoint: optional("OTEL_EXPORTER_OTLP_ENDPOINT", base, Parse.httpBase),
      logLevel: withDefault("LOG_LEVEL", Parse.logLevelNames, Parse.logLevel, LogLevel.Info),
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
