import type { IncomingMessage } from "node:http"
import { Effect } from "effect"
import { Problem } from "./Problem.js"

const name = "console"

/** The ticket in a request's cookies; empty when there is none. */
export const ticketIn = ({ headers }: IncomingMessage): string =>
  (headers.cookie ?? "")
    .split(";")
    .map((cookie) => cookie.trim())
    .find((cookie) => cookie.startsWith(`${name}=`))
    ?.slice(name.length + 1) ?? ""

/** The cookie that carries a ticket; with 0 seconds, the one that takes it away. */
export const ticketCookie = (ticket: string, seconds: number, secure: boolean): string =>
  `${name}=${ticket}; Max-Age=${seconds}; Path=/; HttpOnly; SameSite=Strict${secure ? "; Secure" : ""}`

const hostOf = (origin: string): string | null => {
  try {
    return new URL(origin).host
  } catch {
    return null
  }
}

/**
 * A browser adds the cookie by itself, so what changes something must be asked for by our own page: a form elsewhere
 * cannot set a header, and a script elsewhere has another origin.
 */
export const refuseOtherSites = ({ headers, method }: IncomingMessage): Effect.Effect<void, Problem> => {
  if (method === "GET" || method === "HEAD") return Effect.void
  if (headers["x-console"] !== "1") return Effect.fail(new Problem({ code: "cross_site_request" }))
  if (headers.origin === undefined || hostOf(headers.origin) === headers.host) return Effect.void
  const detail = "Origin and Host differ: a proxy in front of the service must pass Host on"
  return Effect.fail(new Problem({ code: "cross_site_request", detail }))
}
