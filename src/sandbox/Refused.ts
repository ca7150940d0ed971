import { HttpServerResponse } from "@effect/platform"
import { Data } from "effect"

/** A request that is not taken, answered as the provider does: `{ "error": …, "status": "ERROR" }`. */
export class Refused extends Data.TaggedError("Refused")<{
  readonly status: number
  readonly error: string
  readonly headers?: Readonly<Record<string, string>>
}> {
  override get message(): string {
    return this.error
  }

  get response(): HttpServerResponse.HttpServerResponse {
    return HttpServerResponse.unsafeJson(
      { error: this.error, status: "ERROR" },
      { status: this.status, ...(this.headers === undefined ? {} : { headers: this.headers }) }
    )
  }
}

export const invalidKey = new Refused({ status: 401, error: "Invalid API key" })
