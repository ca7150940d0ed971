import { createHmac } from "node:crypto"
import { HttpServer } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { Context, Effect, Either, Layer, Logger, LogLevel, Redacted } from "effect"
import { SignJWT } from "jose"
import { consoleMethods, consoleRoutes } from "../../src/console/Console.js"
import { outcomeTable } from "../../src/domain/Outcome.js"
import { parsePrefix } from "../../src/domain/Redirects.js"
import { makeFastLane } from "../../src/http/FastLane.js"
import { routes, serve } from "../../src/http/HttpService.js"
import { OperatorPolicy } from "../../src/http/OperatorAccess.js"
import { AuthenticationPolicy, tokenAuthenticatorLayer } from "../../src/http/TokenAuthenticator.js"
import { Observing } from "../../src/operators/Observing.js"
import { Operations } from "../../src/operators/Operations.js"
import { PollGate } from "../../src/polling/PollGate.js"
import { HostedPages } from "../../src/sessions/HostedPages.js"
import { SessionFeed } from "../../src/sessions/SessionFeed.js"
import { SessionPolicy } from "../../src/sessions/SessionPolicy.js"
import { Sessions } from "../../src/sessions/Sessions.js"
import { VerdictPolicy } from "../../src/sessions/VerdictPolicy.js"
import { WaitSlots } from "../../src/sessions/WaitSlots.js"
import type { Shared } from "../../src/storage/Database.js"
import { tablesMemory } from "../../src/storage/memory/TablesMemory.js"
import type { Tables } from "../../src/storage/Tables.js"
import { VerifyHumanClient } from "../../src/verifyhuman/VerifyHumanClient.js"
import { ProviderUnavailable, type VerifyHumanError } from "../../src/verifyhuman/VerifyHumanError.js"
import { RejectedDeliveries } from "../../src/webhooks/RejectedDeliveries.js"
import { WebhookIntake } from "../../src/webhooks/WebhookIntake.js"
import { WebhookPolicy } from "../../src/webhooks/WebhookPolicy.js"
import { WebhookVerifier } from "../../src/webhooks/WebhookVerifier.js"
import { unique, verdictPolicy } from "../suites/fixtures.js"
import { ports } from "../suites/storage.js"

export const jwtSecret = "a-secret-for-tests-of-at-least-32-bytes"
export const serviceKey = "service-key-for-tests-of-at-least-32-characters"
export const webhookSecrets = ["whsec_first", "whsec_second"] as const

const prefix = (text: string) => Either.getOrThrow(parsePrefix(text))

export const sessionPolicy: Context.Tag.Service<SessionPolicy> = {
  environment: "test",
  defaultProduct: "verifyidentity",
  products: ["verifyidentity", "verifyage"],
  flowUrl: null,
  expiresInHours: 1,
  pageTitle: null,
  successMessage: null,
  failureMessage: null,
  redirectUrl: "myapp://verified",
  redirectAllowlist: [prefix("myapp://verified"), prefix("https://app.example/done")],
  tracking: true,
  startLimit: { count: 5, windowMillis: 3_600_000 },
  providerDeadlineMillis: 8000
}

export const webhookPolicy: Context.Tag.Service<WebhookPolicy> = {
  secrets: [Redacted.make(webhookSecrets[0]), Redacted.make(webhookSecrets[1])],
  scheme: "either",
  outcomes: outcomeTable()
}

export const authenticationPolicy: Context.Tag.Service<AuthenticationPolicy> = {
  jwksUrl: null,
  jwtSecret: Redacted.make(jwtSecret),
  issuer: null,
  audience: null,
  userClaim: "sub",
  serviceKeys: [Redacted.make(serviceKey)]
}

export const adminToken = "admin-token-for-tests-of-at-least-32-characters"
export const readToken = "read-token-for-tests-of-at-least-32-characters"

export const operatorPolicy: Context.Tag.Service<OperatorPolicy> = {
  tokens: [Redacted.make(adminToken)],
  readTokens: [Redacted.make(readToken)]
}

/** The provider as a test wants it: what it answers next, and how often it was asked. */
export class Provider extends Context.Tag("test/Provider")<
  Provider,
  { next: Effect.Effect<void, VerifyHumanError>; calls: Array<unknown>; tokens: Array<string> }
>() {
  static readonly layer = Layer.sync(Provider, () => ({ next: Effect.void, calls: [], tokens: [] }))
}

const client = Layer.effect(
  VerifyHumanClient,
  Effect.map(Provider, (provider) => ({
    generate: (request) =>
      Effect.gen(function* () {
        provider.calls.push(request)
        yield* provider.next
        const token = unique("tok-")
        provider.tokens.push(token)
        const expiresAt = Date.now() + request.expiresInHours * 3_600_000
        return {
          hostedUrl: `https://app.verifyhuman.io/hosted/v/${token}`,
          token,
          expiresAt,
          answer: { token }
        }
      }),
    status: () => Effect.fail(new ProviderUnavailable({ retryAfterMillis: null }))
  }))
)

/** What is kept, and what the processes that share it tell each other. */
export type Database = Layer.Layer<Shared, unknown, NodeContext.NodeContext>

/** A database that one process has for itself. */
export const ofOneProcess = (tables: Layer.Layer<Tables, unknown, NodeContext.NodeContext>): Database =>
  Layer.mergeAll(tables, SessionFeed.layerMemory, WaitSlots.layerMemory, RejectedDeliveries.layerMemory)

export interface Overrides {
  readonly database?: Database
  readonly sessions?: Partial<Context.Tag.Service<SessionPolicy>>
  readonly authentication?: Partial<Context.Tag.Service<AuthenticationPolicy>>
  readonly operators?: Context.Tag.Service<OperatorPolicy>
  readonly webhooks?: Partial<Context.Tag.Service<WebhookPolicy>>
  /** Whether the console is there too. */
  readonly console?: { readonly secure: boolean }
  /** Whether the fast lane is open, as it is in the service. */
  readonly fastLane?: boolean
}

/** How a suite runs the service that it tests. */
export type Service = typeof service

/** One process of the service, on a socket of its own; every layer can be swapped in one line. */
export const node = (overrides: Overrides = {}) =>
  serve(overrides.console === undefined ? routes : Layer.merge(routes, consoleRoutes(overrides.console)), {
    host: "127.0.0.1",
    port: 0,
    ...(overrides.console === undefined ? {} : { methods: consoleMethods }),
    ...(overrides.fastLane === false ? {} : { lane: makeFastLane })
  }).pipe(
    Layer.provide([Sessions.layer, WebhookIntake.layer, Operations.layer, Observing.layer]),
    Layer.provide([HostedPages.layer, WebhookVerifier.layer, tokenAuthenticatorLayer]),
    Layer.provide([PollGate.layer, client]),
    Layer.provideMerge(ports),
    Layer.provide([
      overrides.database ?? ofOneProcess(tablesMemory),
      Layer.succeed(OperatorPolicy, overrides.operators ?? operatorPolicy),
      Layer.succeed(VerdictPolicy, verdictPolicy),
      Layer.succeed(SessionPolicy, { ...sessionPolicy, ...overrides.sessions }),
      Layer.succeed(WebhookPolicy, { ...webhookPolicy, ...overrides.webhooks }),
      Layer.succeed(AuthenticationPolicy, { ...authenticationPolicy, ...overrides.authentication })
    ]),
    Layer.provide([NodeContext.layer, Logger.minimumLogLevel(LogLevel.None)])
  )

/** The whole service in one process. */
export const service = (overrides: Overrides = {}) => Layer.provideMerge(node(overrides), Provider.layer)

/** The whole service over this database. */
export const serviceOn =
  (database: Database): Service =>
  (overrides = {}) =>
    service({ database, ...overrides })

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the wire holds
  readonly json: any
}

export const baseUrl = Effect.map(HttpServer.HttpServer, ({ address }) =>
  address._tag === "TcpAddress" ? `http://127.0.0.1:${address.port}` : ""
)

export const ask = Effect.fnUntraced(function* (path: string, init: RequestInit = {}) {
  const base = yield* baseUrl
  return yield* Effect.promise(async (): Promise<Answer> => {
    const response = await fetch(base + path, { redirect: "manual", ...init })
    const text = await response.text()
    let json: unknown = null
    try {
      json = JSON.parse(text)
    } catch {}
    return { status: response.status, headers: response.headers, text, json }
  })
})

export const aToken = (claims: Record<string, unknown> = {}, expiresIn = 3600): Promise<string> =>
  new SignJWT({ sub: unique("user-"), ...claims })
    .setProtectedHeader({ alg: "HS256" })
    .setExpirationTime(Math.floor(Date.now() / 1000) + expiresIn)
    .sign(new TextEncoder().encode(jwtSecret))

/** A new user, as the headers of its requests. */
export const aUser = (claims: Record<string, unknown> = {}) =>
  Effect.map(
    Effect.promise(() => aToken(claims)),
    (token) => ({ authorization: `Bearer ${token}` })
  )

export const post = (path: string, headers: Record<string, string>, body?: unknown) =>
  ask(path, {
    method: "POST",
    headers: body === undefined ? headers : { "content-type": "application/json", ...headers },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) })
  })

export const start = (headers: Record<string, string>, body?: unknown) =>
  post("/api/start-verification", headers, body)

export const status = (headers: Record<string, string>, sessionRef: string) =>
  ask(`/api/verify-status?session_ref=${sessionRef}`, { headers })

export const signed = (body: string | Uint8Array, secret: string = webhookSecrets[0]) => ({
  "content-type": "application/json",
  "x-verifyhuman-signature": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`
})

export const deliver = (body: Uint8Array, headers: Record<string, string> = signed(body)) =>
  ask("/api/webhooks/verifyhuman", { method: "POST", headers, body })
