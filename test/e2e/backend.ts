import { join } from "node:path"
import { HttpServer } from "@effect/platform"
import { Effect, Option } from "effect"
import { type Answer, jwtSecret, webhookSecrets } from "../http/harness.js"
import { freePort, scratchDirectory, serve } from "./process.js"
import { providerStub } from "./provider.js"

/** What the service is told in the environment `test`. */
export const settings = (providerUrl: string): Readonly<Record<string, string>> => ({
  VERIFYHUMAN_ENVIRONMENT: "test",
  VERIFYHUMAN_BASE_URL: providerUrl,
  VERIFYHUMAN_API_KEY: "vhk_test_of_the_stub",
  VERIFYHUMAN_WEBHOOK_SECRETS: webhookSecrets.join(","),
  VERIFYHUMAN_TIMEOUT: "4 seconds",
  VERIFYHUMAN_DEADLINE: "4 seconds",
  AUTH_JWT_SECRET: jwtSecret,
  DATABASE_URL: "sqlite:service.db"
})

/** Where the requests of the harness go. */
export const serverAt = (port: number) =>
  HttpServer.make({
    serve: () => Effect.die("not here"),
    address: { _tag: "TcpAddress", hostname: "127.0.0.1", port }
  })

/** A place for the service: a provider, a port and a database that outlive its processes. */
export const aBackend = Effect.gen(function* () {
  const provider = yield* providerStub
  const cwd = yield* scratchDirectory
  const port = yield* freePort
  return {
    provider,
    port,
    database: join(cwd, "service.db"),
    serve: (env: Readonly<Record<string, string>> = {}) =>
      serve(port, { cwd, env: { ...settings(provider.url), ...env } }),
    server: serverAt(port)
  }
})

/** A request that may find nobody there any more. */
export const attempted = <E, R>(request: Effect.Effect<Answer, E, R>): Effect.Effect<Answer | null, E, R> =>
  request.pipe(
    Effect.asSome,
    Effect.catchAllDefect(() => Effect.succeedNone),
    Effect.map(Option.getOrNull)
  )

/** The token of a hosted session, from the page that the phone opens. */
export const tokenOf = (started: Answer): string =>
  String(started.json.hosted_verification_url).split("/").at(-1) ?? ""
