import { isIPv6 } from "node:net"
import type { Parse } from "./Variables.js"

/** A host as it stands in a URL: an IPv6 address in brackets. */
export const inUrl = (host: string): string =>
  isIPv6(host) ? new URL(`http://[${host}]`).hostname : host.toLowerCase()

/** An IP address or a name to listen on, without scheme, brackets and port. */
export const host: Parse<string> = (text) =>
  (isIPv6(text) && !text.includes("%")) || (/^[\w.-]+$/.test(text) && URL.canParse(`http://${text}`))
    ? text
    : null

/** Where this machine reaches what listens on a host: an address that stands for all of them is none to call. */
export const reachable = (host: string): string => {
  const name = inUrl(host)
  if (name === "0.0.0.0") return "127.0.0.1"
  return name === "[::]" ? "[::1]" : name
}
