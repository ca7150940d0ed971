import { Either } from "effect"

/** Why a redirect URL is refused (contract section 3). */
export type RedirectRefusal =
  | "malformed"
  | "scheme"
  | "not_loopback"
  | "user_info"
  | "fragment"
  | "not_allowed"

/** An entry of the allow-list: scheme, host with port, and whole path segments, empty ones between included. */
export interface RedirectPrefix {
  readonly scheme: string
  readonly host: string
  readonly segments: ReadonlyArray<string>
}

const longest = 2048
/** Raw, because URL parsers silently drop tabs, newlines and what cannot be seen, and turn backslashes into slashes. */
const hostile = /[\p{Cc}\p{Cf}\p{Cs}\p{Z}\\]/u
/** Dots, slashes and control characters that whoever decodes the path once more would see. */
const encodedPathTrick = /%(?:2e|2f|5c|[01][0-9a-f]|7f)/i
const forbiddenSchemes = new Set([
  "javascript:",
  "data:",
  "vbscript:",
  "file:",
  "blob:",
  "about:",
  "ws:",
  "wss:",
  "ftp:"
])
const loopbackHosts = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** True for hosts that never leave this machine: plain http is acceptable there. */
export const isLoopback = (hostname: string): boolean => loopbackHosts.test(hostname.toLowerCase())

const parse = (text: string): Either.Either<URL, RedirectRefusal> => {
  if (text.length > longest || hostile.test(text) || !URL.canParse(text)) return Either.left("malformed")
  const url = new URL(text)
  if (forbiddenSchemes.has(url.protocol)) return Either.left("scheme")
  // An empty one would let the parser take the first segment of the path for the host.
  const authority = /^[^:/?#]+:\/\/([^/?#]+)/.exec(text)?.[1]
  if (authority === undefined || url.host === "" || url.href.length > longest) return Either.left("malformed")
  if (authority.includes("@")) return Either.left("user_info")
  if (text.includes("#")) return Either.left("fragment")
  if (authority.includes("%") || encodedPathTrick.test(text.split("?", 1)[0] ?? "")) {
    return Either.left("malformed")
  }
  return Either.right(url)
}

/** The look-behind keeps it linear. */
const slashesAtTheEnd = /(?<!\/)\/+$/

const prefixOf = (url: URL): RedirectPrefix => ({
  scheme: url.protocol,
  host: url.host.toLowerCase(),
  segments: url.pathname.replace(slashesAtTheEnd, "").split("/").slice(1)
})

/**
 * The hygiene that every redirect needs, allow-listed or not. `plainHttpOrigin` is the one origin off loopback where
 * plain http is acceptable: the demo page, shown to a phone on the same network.
 */
export const checkRedirect = (
  text: string,
  plainHttpOrigin?: string
): Either.Either<string, RedirectRefusal> =>
  Either.flatMap(parse(text), (url) =>
    url.protocol === "http:" && !isLoopback(url.hostname) && url.origin !== plainHttpOrigin
      ? Either.left("not_loopback" as const)
      : Either.right(url.href)
  )

/** Reads an entry of the allow-list; its query, if any, does not matter. */
export const parsePrefix = (
  text: string,
  plainHttpOrigin?: string
): Either.Either<RedirectPrefix, RedirectRefusal> =>
  Either.map(checkRedirect(text, plainHttpOrigin), (href) => prefixOf(new URL(href)))

const covers = (prefix: RedirectPrefix, candidate: RedirectPrefix): boolean =>
  prefix.scheme === candidate.scheme &&
  prefix.host === candidate.host &&
  prefix.segments.every((segment, index) => candidate.segments[index] === segment)

/**
 * Whether a phone may ask for this redirect: compared as parsed URLs, never as text. Scheme and host (with port) are
 * equal, and the path begins with the allowed one by whole segments. Returns the normalised URL.
 */
export const allow = (
  text: string,
  allowlist: ReadonlyArray<RedirectPrefix>,
  plainHttpOrigin?: string
): Either.Either<string, RedirectRefusal> =>
  Either.flatMap(checkRedirect(text, plainHttpOrigin), (href) =>
    allowlist.some((prefix) => covers(prefix, prefixOf(new URL(href))))
      ? Either.right(href)
      : Either.left("not_allowed" as const)
  )

/** Sets `session_ref` and `result` as query parameters, in place of any of that name; the others stay as they are. */
export const withResult = (redirect: string, sessionRef: string, result: "pass" | "fail"): string => {
  const [base = "", query = ""] = redirect.split(/\?(.*)/s)
  const isOurs = (pair: string) =>
    ["session_ref", "result"].includes(new URLSearchParams(`?${pair}`).keys().next().value ?? "")
  const kept = query.split("&").filter((pair) => pair !== "" && !isOurs(pair))
  return `${base}?${[...kept, `session_ref=${encodeURIComponent(sessionRef)}`, `result=${result}`].join("&")}`
}
