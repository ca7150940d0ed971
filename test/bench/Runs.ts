import type { Request } from "autocannon"
import { checkStarts, checkWebhooks } from "./Acknowledged.js"
import { type Driven, driveWell } from "./Load.js"
import { mostPerSecond, type Plan } from "./Plan.js"
import { type Seeded, userToken } from "./Population.js"
import { busyWhile } from "./ProcessorTime.js"
import { dealt, randomPolls, startRequest, webhookRequest } from "./Requests.js"
import { connections, type Workload } from "./Workloads.js"

const pollsPerConnection = 500
/** How much faster than in its warm-up a contestant may become, and what it gets in any case. */
const headroom = 2.5
const leastPerSecond = 6000

export interface Target {
  readonly name: string
  readonly url: string
  readonly pid: number
  readonly databaseFile: string
}

export interface Measured extends Driven {
  readonly busy: number | null
}

/** To be called when the contestant has been killed: throws if its database lacks what it has acknowledged. */
export type Check = () => void

export const enough = (plan: Plan, workload: Workload): number =>
  Math.ceil((plan.warmUp[workload] + plan.seconds) * mostPerSecond)

/** Sends each request once: some to warm up, then as many others as the measurement may need. */
const onceEach = async <A>(
  { pid, url }: Target,
  { seconds, warmUp }: { readonly seconds: number; readonly warmUp: number },
  all: ReadonlyArray<A>,
  requestOf: (one: A) => Request,
  keep: (hands: ReadonlyArray<Array<A>>, acknowledged: ReadonlyArray<number>) => void
): Promise<Measured> => {
  const send = async (some: ReadonlyArray<A>, seconds: number) => {
    const hands = dealt(some, connections)
    const requests = hands.map((hand) => hand.map(requestOf))
    const { busy, result } = await busyWhile(pid, () => driveWell({ url, seconds, requests, again: false }))
    keep(hands, result.acknowledged)
    return { ...result, busy }
  }
  const first = Math.ceil(warmUp * mostPerSecond)
  const { rate } = await send(all.slice(0, first), warmUp)
  const needed = Math.ceil(Math.max(rate * headroom, leastPerSecond) * seconds)
  return await send(all.slice(first, first + needed), seconds)
}

export const runPolls = async ({ pid, url }: Target, plan: Plan, sessions: ReadonlyArray<Seeded>) => {
  const requests = randomPolls(sessions, connections, pollsPerConnection)
  await driveWell({ url, seconds: plan.warmUp.S, requests, again: true })
  const { busy, result } = await busyWhile(pid, () =>
    driveWell({ url, seconds: plan.seconds, requests, again: true })
  )
  return { ...result, busy }
}

export const runWebhooks = (
  target: Target,
  plan: Plan,
  sessions: ReadonlyArray<Seeded>,
  checks: Array<Check>
) =>
  onceEach(
    target,
    { seconds: plan.seconds, warmUp: plan.warmUp.W },
    sessions,
    webhookRequest,
    (hands, acknowledged) =>
      checks.push(() => checkWebhooks(target.name, target.databaseFile, hands, acknowledged))
  )

export const runStarts = (target: Target, plan: Plan, users: ReadonlyArray<string>, checks: Array<Check>) =>
  onceEach(
    target,
    { seconds: plan.seconds, warmUp: plan.warmUp.C },
    users,
    (user) => startRequest(userToken(user)),
    (hands, acknowledged) =>
      checks.push(() => checkStarts(target.name, target.databaseFile, hands, acknowledged))
  )
