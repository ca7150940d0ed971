import type { Session } from "./Statements.js"

const problems = {
  invalid_request: { status: 400, title: "The request is not valid" },
  unauthenticated: { status: 401, title: "The credentials are missing or not valid" },
  session_not_found: { status: 404, title: "There is no such session" },
  not_found: { status: 404, title: "There is nothing at this address" },
  payload_too_large: { status: 413, title: "The body is too large" },
  rate_limited: { status: 429, title: "Too many requests" },
  provider_unavailable: { status: 503, title: "VerifyHuman cannot be reached" }
} as const

export type ProblemCode = keyof typeof problems

export const problemType = "application/problem+json"

export const problemOf = (code: ProblemCode) => ({
  type: `urn:verifyhuman-dropin:problem:${code}`,
  title: problems[code].title,
  status: problems[code].status,
  code
})

const iso = (millis: number) => new Date(millis).toISOString()
const briskMillis = 120_000

export const statusHeaders = (session: Session): Record<string, string> => {
  const etag = `"${session.sequence}"`
  if (session.status !== "pending") return { etag }
  return { etag, "retry-after": Date.now() - session.created_at < briskMillis ? "1" : "2" }
}

export const statusBody = (session: Session) => ({
  session_ref: session.session_ref,
  status: session.status,
  reason: session.reason,
  can_retry: session.status === "fail",
  expires_at: iso(session.expires_at),
  updated_at: iso(session.updated_at)
})

export const startedBody = (session: Session) => ({
  session_ref: session.session_ref,
  hosted_verification_url: session.hosted_url,
  status: "pending",
  expires_at: iso(session.expires_at)
})

export const received = { received: true }
export const ready = { status: "ready" }

const allowed = new Set(["product", "redirect_url", "failure_redirect_url", "restart"])

/** Whether a parsed body is one that a phone may start with. */
export const isStartBody = (body: unknown): boolean => {
  if (body === undefined) return true
  if (typeof body !== "object" || body === null || Array.isArray(body)) return false
  return Object.entries(body).every(
    ([name, value]) => allowed.has(name) && typeof value === (name === "restart" ? "boolean" : "string")
  )
}

/** The JSON of a body; undefined for none, null for what cannot be read. */
export const parsedBody = (text: string): unknown => {
  try {
    return text === "" ? undefined : JSON.parse(text)
  } catch {
    return null
  }
}
