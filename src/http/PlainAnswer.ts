import { HttpServerResponse } from "@effect/platform"

/** An answer before anybody has put it into a form of theirs; `json` is its text, null for none. */
export interface PlainAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly json: string | null
}

const contentType = "application/json"

/** As Node writes it. */
export const allHeaders = ({ headers, json }: PlainAnswer): Readonly<Record<string, string>> =>
  json === null
    ? headers
    : { ...headers, "content-type": contentType, "content-length": String(Buffer.byteLength(json)) }

/** As the framework writes it. */
export const responseOf = ({ headers, json, status }: PlainAnswer): HttpServerResponse.HttpServerResponse =>
  json === null
    ? HttpServerResponse.empty({ status, headers })
    : HttpServerResponse.text(json, { status, headers, contentType })
