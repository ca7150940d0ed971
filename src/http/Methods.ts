import { HttpApi } from "@effect/platform"
import { Api } from "./Api.js"

/** Addresses outside the API's declaration. */
const pages = ["/openapi.json", "/docs"]

const byPath = (): ReadonlyMap<string, ReadonlyArray<string>> => {
  const methods = new Map<string, Array<string>>(pages.map((path) => [path, ["GET", "HEAD"]]))
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
  return methods
}

const table = byPath()

/** The methods that an address takes; none when there is no such address. */
export const allowedMethods = (path: string): ReadonlyArray<string> => table.get(path) ?? []
