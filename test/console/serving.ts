import { Effect, Layer } from "effect"
import { ask, type Overrides, service } from "../http/harness.js"

/** The service with its console, on a socket of its own. */
export const serving = ({
  secure = false,
  ...given
}: Pick<Overrides, "operators"> & { readonly secure?: boolean } = {}) =>
  Layer.fresh(service({ ...given, console: { secure } }))

const json = { "content-type": "application/json" }

export const signIn = (token: unknown) =>
  ask("/console/sign-in", { method: "POST", headers: json, body: JSON.stringify({ token }) })

/** What a browser sends back of a cookie. */
export const cookieOf = (headers: Headers): string => (headers.get("set-cookie") ?? "").split(";")[0] ?? ""

/** The cookie of someone who has signed in. */
export const signedIn = (token: string) => Effect.map(signIn(token), ({ headers }) => cookieOf(headers))
