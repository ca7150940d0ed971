import { HttpServerResponse } from "@effect/platform"

/** An answer before anybody has put it into a form of theirs; a `body` of null is none. */
export interface PlainAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
}

export const jsonAnswer = (
  status: number,
  body: unknown,
  headers?: Readonly<Record<string, string>>
): PlainAnswer => ({
  status,
  headers: { ...headers, "content-type": "application/json" },
  body: JSON.stringify(body)
})

/** Its headers with the length of its body, as Node writes them. */
export const allHeaders = ({ body, headers }: PlainAnswer): Readonly<Record<string, string>> =>
  body === null ? headers : { ...headers, "content-length": String(Buffer.byteLength(body)) }

/** As the framework writes it. */
export const responseOf = ({ body, headers, status }: PlainAnswer): HttpServerResponse.HttpServerResponse =>
  body === null
    ? HttpServerResponse.empty({ status, headers })
    : HttpServerResponse.text(body, { status, headers })
