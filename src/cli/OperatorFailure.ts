import { HttpClientError } from "@effect/platform"
import { Cause } from "effect"
import { escaped } from "../domain/Text.js"
import { Problem, type ProblemCode } from "../http/Problem.js"
import { CommandFailed } from "./Failed.js"
import { whyUnreachable } from "./Unreachable.js"

const advice: { readonly [Code in ProblemCode]?: string } = {
  forbidden: "This token may only read: take one of the service's ADMIN_TOKENS.",
  session_not_found: "There is no such session: sessions list shows those that there are.",
  event_not_found: "There is no such event: events list shows those that there are.",
  action_not_found: "There is no such action: actions list shows those that there are.",
  action_not_dead: "Only a dead action can be redriven: actions list --state dead shows them."
}

/** What the service answered instead, in one line. */
const problemLine = (address: string, problem: Problem): string => {
  const { code, detail, errors = [] } = problem
  switch (code) {
    case "unauthenticated":
      return `${address} does not accept this token: give one of the service's ADMIN_TOKENS or ADMIN_READ_TOKENS.`
    case "not_found":
      return `There is no operator API at ${address}: the service has no ADMIN_TOKENS, or it is another program.`
    case "event_not_linkable":
      return `The event cannot be given to this session: ${escaped(detail ?? "the service does not say why")}.`
    case "invalid_request":
      return `The service does not take this: ${escaped(errors.map(({ message, path }) => `${path} ${message}`).join(", "))}.`
    default:
      return advice[code] ?? `${problem.message}: ${address} answered ${problem.status} (${code}); try again.`
  }
}

/** Why work at the service failed, in one line that says what to do. */
export const operatorFailure = (address: string, error: unknown): CommandFailed => {
  if (error instanceof Problem) return new CommandFailed({ message: problemLine(address, error) })
  if (error instanceof HttpClientError.RequestError || Cause.isTimeoutException(error)) {
    return new CommandFailed({
      message: `No service can be reached at ${address}: ${whyUnreachable(error)}. Start it, or say where it is with --url or PUBLIC_URL.`
    })
  }
  const status = error instanceof HttpClientError.ResponseError ? ` (status ${error.response.status})` : ""
  return new CommandFailed({
    message: `What answers at ${address} is not this service, or another version of it${status}: look at --url or PUBLIC_URL.`
  })
}
