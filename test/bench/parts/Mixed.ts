import type { Request } from "autocannon"
import { type Driven, drive } from "../Load.js"
import { polled, type Seeded, undecided, userToken } from "../Population.js"
import { randomPolls, startRequest, webhookRequest } from "../Requests.js"

export interface Share {
  readonly connections: number
  /** Requests a second; as fast as they are answered where it is left out. */
  readonly rate?: number
}

export interface Mix {
  readonly S: Share
  readonly W: Share
  readonly C: Share
}

/** How many answers were not 2xx, by status, in words. */
export const notGood = (...all: ReadonlyArray<Driven>): string => {
  const bad = all.flatMap(({ statuses, unanswered }) => [
    ...Object.entries(statuses).filter(([status]) => !status.startsWith("2")),
    ...(unanswered === 0 ? [] : [["unanswered", unanswered] as const])
  ])
  return bad.length === 0
    ? "every answer was good"
    : `not every answer was good: ${bad.map(([status, n]) => `${status} ${n} times`).join(", ")}`
}

export interface Crowd {
  readonly phones: ReadonlyArray<Seeded>
  readonly toDecide: ReadonlyArray<Seeded>
}

const phones = 10_000
const pollsPerConnection = 500

export const crowd = (webhooks: number): Crowd & { readonly sessions: ReadonlyArray<Seeded> } => {
  const people = { phones: polled(phones), toDecide: undecided(webhooks) }
  return { ...people, sessions: [...people.phones, ...people.toDecide] }
}

/** A connection that makes each request when its turn has come: signed then, and never sent twice. */
const lazily = (connections: number, next: () => Request): ReadonlyArray<Array<Request>> =>
  Array.from({ length: connections }, () => [
    { setupRequest: (request: Request) => ({ ...request, ...next() }) }
  ])

let started = 0

/** Polls, webhooks and starts at the same time; of no kind where a share has no connections. */
export const driveMixed = async (url: string, mix: Mix, { phones, toDecide }: Crowd, seconds: number) => {
  let delivered = 0
  const webhook = () => {
    const session = toDecide[delivered++ % toDecide.length]
    if (session === undefined) throw new Error("there are no sessions to decide")
    return webhookRequest(session)
  }
  const start = () => startRequest(userToken(`mixed-${started++}`))
  const requestsOf = {
    S: (connections: number) => randomPolls(phones, connections, pollsPerConnection),
    W: (connections: number) => lazily(connections, webhook),
    C: (connections: number) => lazily(connections, start)
  }
  const idle: Driven = {
    rate: 0,
    p50: Number.NaN,
    p99: Number.NaN,
    statuses: {},
    unanswered: 0,
    acknowledged: [],
    ranDry: false
  }
  const run = (kind: keyof Mix): Promise<Driven> => {
    const { connections, rate } = mix[kind]
    if (connections === 0) return Promise.resolve(idle)
    const requests = requestsOf[kind](connections)
    return drive({ url, seconds, requests, again: true, ...(rate === undefined ? {} : { rate }) })
  }
  const [S, W, C] = await Promise.all([run("S"), run("W"), run("C")])
  return { S, W, C }
}
