import { createHmac } from "node:crypto"
import type { Request } from "autocannon"
import { type Seeded, userToken } from "./Population.js"
import {
  environment,
  product,
  signatureHeader,
  startPath,
  statusPath,
  timestampHeader,
  webhookPath,
  webhookSecret
} from "./Terms.js"

export const eventIdOf = ({ token }: Seeded): string => `evt_${token}`

const webhookBody = (session: Seeded): string =>
  JSON.stringify({
    id: eventIdOf(session),
    type: "verification.completed",
    created: new Date().toISOString(),
    environment,
    data: {
      verification_id: `ver_${session.token}`,
      status: "PASS",
      confidence: 92.5,
      product,
      token: session.token
    }
  })

export const signed = (body: string, atSeconds = Math.floor(Date.now() / 1000)) => ({
  "content-type": "application/json",
  [timestampHeader]: String(atSeconds),
  [signatureHeader]: `sha256=${createHmac("sha256", webhookSecret).update(`${atSeconds}.${body}`).digest("hex")}`
})

/** A first delivery that passes a session, signed now. */
export const webhookRequest = (session: Seeded) => {
  const body = webhookBody(session)
  return { method: "POST", path: webhookPath, headers: signed(body), body } satisfies Request
}

export const authorized = (token: string) => ({ authorization: `Bearer ${token}` })

export const startRequest = (token: string) =>
  ({ method: "POST", path: startPath, headers: authorized(token) }) satisfies Request

export const statusRequest = (sessionRef: string, token: string) =>
  ({
    method: "GET",
    path: `${statusPath}?session_ref=${sessionRef}`,
    headers: authorized(token)
  }) satisfies Request

/** Dealt out one by one: nobody shares a request with another. */
export const dealt = <A>(all: ReadonlyArray<A>, hands: number): ReadonlyArray<Array<A>> => {
  const result = Array.from({ length: hands }, (): Array<A> => [])
  all.forEach((one, i) => {
    result[i % hands]?.push(one)
  })
  return result
}

/** For each connection, polls of sessions picked at random. */
export const randomPolls = (sessions: ReadonlyArray<Seeded>, connections: number, each: number) => {
  const tokens = new Map<string, string>()
  const tokenOf = (userId: string) => {
    const token = tokens.get(userId) ?? userToken(userId)
    tokens.set(userId, token)
    return token
  }
  return Array.from({ length: connections }, () =>
    Array.from({ length: each }, () => {
      const session = sessions[Math.floor(Math.random() * sessions.length)]
      if (session === undefined) throw new Error("there are no sessions to poll")
      return statusRequest(session.sessionRef, tokenOf(session.userId))
    })
  )
}
