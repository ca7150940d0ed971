import { HttpApiClient, HttpClient, HttpClientRequest } from "@effect/platform"
import { NodeHttpClient } from "@effect/platform-node"
import { Effect, Option, type Redacted } from "effect"
import { Api } from "../http/Api.js"
import { dotEnv } from "../settings/DotEnv.js"
import { CommandFailed, WrongUsage } from "./Failed.js"
import { operatorFailure } from "./OperatorFailure.js"
import { operatorToken, token } from "./OperatorToken.js"
import { serviceAddress, url } from "./ServiceAddress.js"

/** The operator's side of the running service (contract section 9). An id in a path must be `inPath`. */
export const operatorClient = (baseUrl: string, token: Redacted.Redacted) =>
  Effect.flatMap(HttpClient.HttpClient, (http) =>
    HttpApiClient.group(Api, {
      group: "operator",
      baseUrl,
      httpClient: http.pipe(
        HttpClient.mapRequest(HttpClientRequest.bearerToken(token)),
        HttpClient.transformResponse(Effect.timeout("60 seconds"))
      )
    })
  )

export type OperatorClient = Effect.Effect.Success<ReturnType<typeof operatorClient>>

/** The client puts into a path whatever it is given. */
export const inPath = (id: string) => encodeURIComponent(id)

export const operatorOptions = { url, token }

interface Chosen {
  readonly url: Option.Option<string>
  readonly token: Option.Option<Redacted.Redacted>
}

const noToken = new CommandFailed({
  message:
    "No operator token: give --token, or set ADMIN_TOKEN or ADMIN_TOKENS. A sandbox without ADMIN_TOKENS prints one when it starts."
})

/** Works with the service that was chosen; what fails is told in one line. */
export const atService = <A, E, R>(
  chosen: Chosen,
  work: (client: OperatorClient) => Effect.Effect<A, E, R>
) =>
  Effect.gen(function* () {
    const address = yield* serviceAddress(chosen.url)
    const token = yield* operatorToken(chosen.token)
    if (Option.isNone(token)) return yield* noToken
    return yield* Effect.flatMap(operatorClient(address, token.value), work).pipe(
      Effect.mapError((error) =>
        error instanceof CommandFailed || error instanceof WrongUsage
          ? error
          : operatorFailure(address, error)
      )
    )
  }).pipe(Effect.provide([NodeHttpClient.layerUndici, dotEnv]))
