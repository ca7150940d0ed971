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

const matches = (pattern: string, path: string): boolean => {
  const [parts, given] = [pattern.split("/"), path.split("/")]
  return (
    parts.length === given.length &&
    parts.every((part, i) => (part.startsWith(":") ? given[i] !== "" : part === given[i]))
  )
}

const routeOf = (path: string, methods: MethodTable) =>
  Object.entries(methods).find(([pattern]) => matches(pattern, path))

/** The methods that an address takes, parameters of its path filled in; null when there is nothing there. */
export const methodsOf = (path: string, methods: MethodTable): ReadonlyArray<string> | null =>
  routeOf(path, methods)?.[1] ?? null

/** The address without what fills its parameters, which may name a user; null when there is nothing there. */
export const patternOf = (path: string, methods: MethodTable): string | null =>
  routeOf(path, methods)?.[0] ?? null

/** The methods of everything that `HttpService.routes` serves. */
export const apiMethods: MethodTable = byPath()
