import type { Period } from "./Cursor.js"

/** Of a session, an event, an action, an audit entry. */
type Kind = "vs" | "ev" | "msg" | "au"

/** In base 32, whose digits stand in the order of their characters: until the year 3084. */
const digitsOfTime = 9

/**
 * An id of this service: the millisecond in which it was made, then 138 random bits of a token of 192. Ids that are
 * made one after another stand one after another, so that a database which keeps them in order writes fewer pages.
 */
export const ownId = (kind: Kind, millis: number, token: string): string =>
  `${kind}_${millis.toString(32).padStart(digitsOfTime, "0")}${token.slice(digitsOfTime)}`

/** The first id that could be made at a time: all that are made from then on stand after it, all others before. */
export const firstIdAt = (kind: Kind, millis: number): string =>
  `${kind}_${Math.max(0, millis).toString(32).padStart(digitsOfTime, "0")}`

export const isMadeWithin = ({ from, to }: Period, id: string): boolean => {
  const kind = id.slice(0, id.indexOf("_")) as Kind
  return (from === undefined || id >= firstIdAt(kind, from)) && (to === undefined || id < firstIdAt(kind, to))
}

/** True for what may be an id that this service made; anything else is the id of nothing, and no column could hold it. */
export const mayBeOwnId = (text: string): boolean => /^[a-z]{2,3}_[A-Za-z0-9_-]{1,64}$/.test(text)
