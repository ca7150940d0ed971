import { HttpApi } from "@effect/platform"
import { Api } from "./Api.js"

/** Which methods an address takes. */
export type MethodTable = Readonly<Record<string, ReadonlyArray<string>>>

const byPath = (): MethodTable => {
  const methods = new Map<string, ReadonlyArray<string>>([
    ["/openapi.json", ["GET", "HEAD"]],
    ["/docs", ["GET", "HEAD"]]
  ])
  HttpApi.reflect(Api, {
    onGroup: () => {},
    onEndpoint: ({ endpoint }) => {
      const known = methods.get(endpoint.path) ?? []
      methods.set(endpoint.path, [
        ...known,
        ...(endpoint.method === "GET" ? ["GET", "HEAD"] : [endpoint.method])
      ])
    }
  })
  return Object.fromEntries(methods)
}

/** The methods of everything that `HttpService.routes` serves. */
export const apiMethods: MethodTable = byPath()
