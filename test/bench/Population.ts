import { createHash, createHmac } from "node:crypto"
import { ownId } from "../../src/domain/OwnId.js"
import { jwtSecret } from "./Terms.js"

/** A session that is there before the load begins. */
export interface Seeded {
  readonly sessionRef: string
  readonly userId: string
  /** The provider's token, by which a webhook finds it. */
  readonly token: string
}

const digest = (text: string) => createHash("sha256").update(text).digest("base64url")

const firstMillis = Date.UTC(2026, 0, 1)

/** Its reference is as the service makes them: sessions that were started one after another stand one after another. */
export const seeded = (index: number, userId: string): Seeded => ({
  sessionRef: ownId("vs", firstMillis + index, digest(`session ${index}`).slice(0, 32)),
  userId,
  token: digest(`token ${index}`).slice(0, 32)
})

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url")
const jwtHeader = part({ alg: "HS256", typ: "JWT" })
const hourSeconds = 3600

export const userToken = (userId: string, lifeSeconds = 24 * hourSeconds): string => {
  const now = Math.floor(Date.now() / 1000)
  const signed = `${jwtHeader}.${part({ sub: userId, iat: now, exp: now + lifeSeconds })}`
  return `${signed}.${createHmac("sha256", jwtSecret).update(signed).digest("base64url")}`
}

const sessionsPerUser = 10

/** Sessions that phones ask for, ten to a user. */
export const polled = (sessions: number): ReadonlyArray<Seeded> =>
  Array.from({ length: sessions }, (_, i) => seeded(i, `user-${Math.floor(i / sessionsPerUser)}`))

const decidedFrom = 100_000_000

/** Sessions that webhooks decide, each of a user of its own. */
export const undecided = (sessions: number, from = 0): ReadonlyArray<Seeded> =>
  Array.from({ length: sessions }, (_, i) => seeded(decidedFrom + from + i, `decided-${from + i}`))
