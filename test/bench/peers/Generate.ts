import { Pool } from "undici"
import { product, providerKey } from "../Terms.js"
import { providerUrl } from "./Environment.js"

export interface HostedSession {
  readonly hosted_url: string
  readonly token: string
  readonly expires_at: string
}

export type Generate = () => Promise<HostedSession>

const headers = {
  authorization: `Bearer ${providerKey}`,
  "content-type": "application/json",
  accept: "application/json"
}
const body = JSON.stringify({ product, expires_in_hours: 1 })
const timeoutMillis = 4000

const checked = (status: number, answer: unknown): HostedSession => {
  const { expires_at, hosted_url, token } = answer as Partial<HostedSession>
  if (status < 200 || status > 299 || !expires_at || !hosted_url || !token) {
    throw new Error(`the provider answered ${status}`)
  }
  return { expires_at, hosted_url: new URL(hosted_url).href, token }
}

export const generateByFetch = (): Generate => {
  const url = `${providerUrl()}/hosted/generate`
  return async () => {
    const response = await fetch(url, {
      method: "POST",
      headers,
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMillis)
    })
    return checked(response.status, await response.json())
  }
}

export const generateByPool = (): Generate => {
  const pool = new Pool(providerUrl(), { headersTimeout: timeoutMillis, bodyTimeout: timeoutMillis })
  return async () => {
    const response = await pool.request({ method: "POST", path: "/hosted/generate", headers, body })
    return checked(response.statusCode, await response.body.json())
  }
}
