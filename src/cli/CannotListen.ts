import { HttpServerError } from "@effect/platform"
import { Data } from "effect"

/** A socket could not be opened; the message names the setting to look at. */
export class CannotListen extends Data.TaggedError("CannotListen")<{
  readonly setting: string
  readonly why: string
}> {
  override get message() {
    return `${this.setting}: ${this.why}`
  }
}

/** How the user calls the host, and each port. */
export interface ListenSettings {
  readonly host: string
  readonly hostSetting: string
  readonly portSetting: (port: number | undefined) => string
}

const ofTheHost: Readonly<Record<string, string>> = {
  EADDRNOTAVAIL: "is not an address of this machine",
  ENOTFOUND: "is a name that nobody knows",
  EAI_AGAIN: "is a name that cannot be looked up now"
}

const ofThePort: Readonly<Record<string, string>> = {
  EADDRINUSE: "is in use by another program",
  EACCES: "may not be used by this user"
}

/** Says of a socket that could not be opened which setting it was, and why; other errors stay as they are. */
export const cannotListen =
  ({ host, hostSetting, portSetting }: ListenSettings) =>
  <E>(error: E): Exclude<E, HttpServerError.ServeError> | CannotListen => {
    if (!(error instanceof HttpServerError.ServeError)) {
      return error as Exclude<E, HttpServerError.ServeError>
    }
    const { code = "", message, port } = error.cause as NodeJS.ErrnoException & { readonly port?: number }
    const hostFault = ofTheHost[code]
    return hostFault === undefined
      ? new CannotListen({
          setting: portSetting(port),
          why: `port ${port} on ${host} ${ofThePort[code] ?? `cannot be used: ${message}`}`
        })
      : new CannotListen({ setting: hostSetting, why: `${host} ${hostFault}` })
  }
