import { HttpApiClient, HttpClient, HttpClientRequest } from "@effect/platform"
import type { Redacted } from "effect"
import { Api } from "./http/Api.js"

export { Problem, type ProblemCode } from "./http/Problem.js"

/**
 * A typed client of the service, for a team's own backend or an Effect app. Failures are `Problem`s with their `code`
 * (contract section 3). Give `token` a user's JWT, or a service key together with `userId`.
 */
export const makeClient = (options: {
  readonly baseUrl: string
  readonly token: Redacted.Redacted
  readonly userId?: string
}) =>
  HttpApiClient.make(Api, {
    baseUrl: options.baseUrl,
    transformClient: HttpClient.mapRequest((request) =>
      HttpClientRequest.bearerToken(request, options.token).pipe((authorized) =>
        options.userId === undefined
          ? authorized
          : HttpClientRequest.setHeader(authorized, "x-user-id", options.userId)
      )
    )
  })
