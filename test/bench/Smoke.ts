import { type Seeded, userToken } from "./Population.js"
import { authorized, signed, startRequest, statusRequest, webhookRequest } from "./Requests.js"
import { startPath, toleranceSeconds, webhookPath } from "./Terms.js"

interface Asked {
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

interface Expected {
  readonly status: number
  /** Each field and the type of its value. */
  readonly body: Readonly<Record<string, string>>
  readonly values?: Readonly<Record<string, unknown>>
  readonly headers?: Readonly<Record<string, RegExp>>
}

const problem = (status: number, code: string): Expected => ({
  status,
  body: { type: "string", title: "string", status: "number", code: "string" },
  values: { status, code },
  headers: { "content-type": /^application\/problem\+json/, "cache-control": /^no-store$/ }
})

const statusFields = {
  session_ref: "string",
  status: "string",
  reason: "string",
  can_retry: "boolean",
  expires_at: "string",
  updated_at: "string"
}

const pending: Expected = {
  status: 200,
  body: statusFields,
  values: { status: "pending", reason: "awaiting_result", can_retry: false },
  headers: {
    "content-type": /^application\/json/,
    "cache-control": /^no-store$/,
    etag: /^"0"$/,
    "retry-after": /^[12]$/
  }
}

const passed: Expected = {
  status: 200,
  body: { ...statusFields, reason: "null" },
  values: { status: "pass", reason: null },
  headers: { etag: /^"1"$/ }
}

const received: Expected = { status: 200, body: { received: "boolean" }, values: { received: true } }

const started = (status: number): Expected => ({
  status,
  body: {
    session_ref: "string",
    hosted_verification_url: "string",
    status: "string",
    expires_at: "string"
  },
  values: { status: "pending" },
  headers: { "cache-control": /^no-store$/ }
})

const typeOf = (value: unknown) => (value === null ? "null" : typeof value)

const faultsOf = (expected: Expected, status: number, headers: Headers, body: Record<string, unknown>) => {
  const faults: Array<string> = []
  if (status !== expected.status) faults.push(`status ${status}, not ${expected.status}`)
  const fields = (types: Readonly<Record<string, string>>) =>
    Object.entries(types)
      .map(([name, type]) => `${name}: ${type}`)
      .sort()
      .join(", ")
  const types = Object.fromEntries(Object.entries(body).map(([name, value]) => [name, typeOf(value)]))
  if (fields(types) !== fields(expected.body))
    faults.push(`{ ${fields(types)} }, not { ${fields(expected.body)} }`)
  for (const [name, value] of Object.entries(expected.values ?? {})) {
    if (body[name] !== value)
      faults.push(`${name} is ${JSON.stringify(body[name])}, not ${JSON.stringify(value)}`)
  }
  for (const [name, form] of Object.entries(expected.headers ?? {})) {
    if (!form.test(headers.get(name) ?? "")) faults.push(`header ${name}: ${headers.get(name)}, not ${form}`)
  }
  return faults
}

/** Asks a contestant for what is going to be measured, and for what it must refuse; throws unless all of it is right. */
export const smoke = async (name: string, url: string, [own, other]: readonly [Seeded, Seeded]) => {
  const check = async (what: string, { path, ...asked }: Asked, expected: Expected) => {
    const answer = await fetch(url + path, asked)
    const text = await answer.text()
    const faults = faultsOf(expected, answer.status, answer.headers, JSON.parse(text))
    if (faults.length > 0) throw new Error(`${name}: ${what}: ${faults.join("; ")}\n${text}`)
    return JSON.parse(text) as Readonly<Record<string, unknown>>
  }
  const poll = statusRequest(own.sessionRef, userToken(own.userId))
  const unauthenticated = problem(401, "unauthenticated")

  await check("a pending session", poll, pending)
  await check("no token", { ...poll, headers: {} }, unauthenticated)
  await check("a broken token", { ...poll, headers: authorized("a.b.c") }, unauthenticated)
  await check(
    "an expired token",
    { ...poll, headers: authorized(userToken(own.userId, -60)) },
    unauthenticated
  )
  const foreign = statusRequest(other.sessionRef, userToken(own.userId))
  await check("somebody else's session", foreign, problem(404, "session_not_found"))

  const webhook = webhookRequest(own)
  const late = signed(webhook.body, Math.floor(Date.now() / 1000) - toleranceSeconds - 10)
  const forged = signed(`${webhook.body} `)
  await check("a stale webhook", { ...webhook, headers: late }, unauthenticated)
  await check("a forged webhook", { ...webhook, headers: forged }, unauthenticated)
  await check("an unsigned webhook", { ...webhook, headers: {} }, unauthenticated)
  await check("the session after these", poll, pending)
  await check("a good webhook", webhook, received)
  await check("its session", poll, passed)
  await check("the webhook again", webhook, received)
  await check("the session once more", poll, passed)

  const caller = userToken("smoke")
  const first = await check("a start", startRequest(caller), started(201))
  const second = await check("the same start", startRequest(caller), started(200))
  if (first["session_ref"] !== second["session_ref"])
    throw new Error(`${name}: an open session is not resumed`)
  await check("a start by nobody", { method: "POST", path: startPath }, unauthenticated)
  const sessionRef = String(first["session_ref"])
  await check("the started session", statusRequest(sessionRef, caller), pending)
  const token = String(first["hosted_verification_url"]).split("/").pop() ?? ""
  await check("its webhook", webhookRequest({ sessionRef, userId: "smoke", token }), received)
  await check("its verdict", statusRequest(sessionRef, caller), passed)
  await check("an unknown session's webhook", webhookRequest({ ...own, token: "unknown" }), received)
  await check(
    "an odd body",
    { method: "POST", path: webhookPath, headers: signed("{}"), body: "{}" },
    received
  )
}
