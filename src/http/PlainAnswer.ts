import { HttpServerResponse } from "@effect/platform"

/** An answer before anybody has put it into a form of theirs; a body of null is none. */
export interface PlainAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: { readonly type: string; readonly text: string } | null
}

export const jsonBody = (text: string): PlainAnswer["body"] => ({ type: "application/json", text })

export const jsonAnswer = (status: number, body: unknown): PlainAnswer => ({
  status,
  headers: {},
  body: jsonBody(JSON.stringify(body))
})

/** As the framework writes it. */
export const responseOf = ({ body, headers, status }: PlainAnswer): HttpServerResponse.HttpServerResponse =>
  body === null
    ? HttpServerResponse.empty({ status, headers })
    : HttpServerResponse.text(body.text, { status, headers, contentType: body.type })
