import { HttpApiSchema, HttpServerRespondable } from "@effect/platform"
import { Data, Effect, ParseResult, Schema } from "effect"
import type { FieldError } from "../sessions/SessionErrors.js"
import { type PlainAnswer, responseOf } from "./PlainAnswer.js"

const problems = {
  invalid_request: { status: 400, title: "The request is not valid" },
  unauthenticated: { status: 401, title: "The credentials are missing or not valid" },
  forbidden: { status: 403, title: "This token may only read" },
  cross_site_request: { status: 403, title: "The request did not come from the console's own page" },
  session_not_found: { status: 404, title: "There is no such session" },
  event_not_found: { status: 404, title: "There is no such event" },
  action_not_found: { status: 404, title: "There is no such action" },
  not_found: { status: 404, title: "There is nothing at this address" },
  method_not_allowed: { status: 405, title: "This address does not take this method" },
  request_timeout: { status: 408, title: "The request did not come in time" },
  already_tracked: { status: 409, title: "This provider session is tracked already" },
  in_review: { status: 409, title: "The session is being reviewed" },
  event_not_linkable: { status: 409, title: "The event cannot be given to this session" },
  action_not_dead: { status: 409, title: "Only a dead action can be redriven" },
  payload_too_large: { status: 413, title: "The body is too large" },
  unsupported_media_type: { status: 415, title: "The body must be application/json" },
  idempotency_key_reused: { status: 422, title: "The idempotency key was used with another body" },
  rate_limited: { status: 429, title: "Too many requests" },
  request_header_fields_too_large: { status: 431, title: "The header is too large" },
  internal_error: { status: 500, title: "The service failed" },
  provider_rejected: { status: 502, title: "VerifyHuman did not accept the request" },
  provider_out_of_credits: { status: 503, title: "No verification credits remain" },
  provider_unavailable: { status: 503, title: "VerifyHuman cannot be reached" },
  storage_unavailable: { status: 503, title: "The database cannot be reached" },
  authentication_unavailable: { status: 503, title: "The keys that sign user tokens cannot be reached" },
  overloaded: { status: 503, title: "The service is overloaded" },
  provider_timeout: { status: 504, title: "VerifyHuman did not answer in time" }
} as const

/** The stable `code` of a problem (contract section 3). */
export type ProblemCode = keyof typeof problems

/** What a problem's code means, in words. */
export const titleOf = (code: ProblemCode): string => problems[code].title

/** Whether a code is of a problem of ours, or of what we stand on: a 5xx. */
export const isFailure = (code: string): code is ProblemCode =>
  Object.hasOwn(problems, code) && problems[code as ProblemCode].status >= 500

const retrySeconds: { readonly [Code in ProblemCode]?: number } = {
  rate_limited: 1,
  provider_out_of_credits: 60,
  provider_unavailable: 2,
  storage_unavailable: 1,
  authentication_unavailable: 2,
  overloaded: 1
}

/** Whether a problem says in `Retry-After` when to try again. */
export const isRetriable = (code: ProblemCode): boolean => code in retrySeconds

/** A problem as it goes over the wire. */
export const WireProblem = Schema.Struct({
  type: Schema.String,
  title: Schema.String,
  status: Schema.Number.pipe(Schema.int()),
  detail: Schema.optional(Schema.String),
  code: Schema.Literal(...(Object.keys(problems) as [ProblemCode, ...Array<ProblemCode>])),
  errors: Schema.optional(Schema.Array(Schema.Struct({ path: Schema.String, message: Schema.String }))),
  session_ref: Schema.optional(Schema.String)
}).annotations({ identifier: "Problem" })

export const problemContentType = "application/problem+json"

/** An answer that is not what was asked for: RFC 9457 problem details with a stable `code`. */
export class Problem extends Data.TaggedError("Problem")<{
  readonly code: ProblemCode
  /** What is so this time, in words; never a value that was received. */
  readonly detail?: string | undefined
  readonly errors?: ReadonlyArray<FieldError> | undefined
  readonly sessionRef?: string | undefined
  readonly retryAfterMillis?: number | null | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** For the log only. */
  readonly cause?: unknown
}> {
  get status(): number {
    return problems[this.code].status
  }

  override get message(): string {
    return problems[this.code].title
  }

  get body(): string {
    const wire: typeof WireProblem.Type = {
      type: `urn:verifyhuman-dropin:problem:${this.code}`,
      title: problems[this.code].title,
      status: this.status,
      ...(this.detail === undefined ? {} : { detail: this.detail }),
      code: this.code,
      ...(this.errors === undefined ? {} : { errors: this.errors }),
      ...(this.sessionRef === undefined ? {} : { session_ref: this.sessionRef })
    }
    return JSON.stringify(wire)
  }

  get allHeaders(): Readonly<Record<string, string>> {
    const seconds =
      this.retryAfterMillis == null ? retrySeconds[this.code] : Math.ceil(this.retryAfterMillis / 1000)
    return seconds === undefined ? { ...this.headers } : { "retry-after": String(seconds), ...this.headers }
  }

  get answer(): PlainAnswer {
    return {
      status: this.status,
      headers: this.allHeaders,
      body: { type: problemContentType, text: this.body }
    }
  }

  [HttpServerRespondable.symbol]() {
    return Effect.succeed(responseOf(this.answer))
  }
}

const isCode = (status: number) => (code: ProblemCode) => problems[code].status === status

/**
 * The schema by which the API declares problems of one status, and a client reads them. A server answers with
 * `Problem.answer`, which has the headers too.
 */
export const problemSchema = <const Codes extends readonly [ProblemCode, ...ReadonlyArray<ProblemCode>]>(
  ...codes: Codes
) => {
  const status = problems[codes[0]].status
  const wire = Schema.Struct({
    ...WireProblem.fields,
    status: Schema.Literal(status),
    code: Schema.Literal(...(codes.filter(isCode(status)) as unknown as [ProblemCode, ...Array<ProblemCode>]))
  })
  return Schema.transformOrFail(
    wire,
    Schema.declare((input): input is Problem => input instanceof Problem),
    {
      strict: true,
      decode: ({ code, detail, errors, session_ref }) =>
        ParseResult.succeed(new Problem({ code, detail, errors, sessionRef: session_ref })),
      encode: (problem, _options, ast) =>
        ParseResult.fail(new ParseResult.Forbidden(ast, problem, "A problem answers for itself"))
    }
  )
    .pipe(HttpApiSchema.withEncoding({ kind: "Json", contentType: problemContentType }))
    .annotations(HttpApiSchema.annotations({ status }))
}
