const digitsOfSecond = 8

/**
 * An id of this service: the second in which it was made, then at least 144 random bits of a token of 192. Ids that are
 * made one after another stand one after another, so that a database which keeps them in order writes fewer pages.
 */
export const ownId = (kind: "vs" | "ev" | "msg" | "au", millis: number, token: string): string => {
  const second = Math.floor(millis / 1000).toString(16)
  return `${kind}_${second.padStart(digitsOfSecond, "0")}${token.slice(digitsOfSecond)}`
}

/** True for what may be an id that this service made; anything else is the id of nothing, and no column could hold it. */
export const mayBeOwnId = (text: string): boolean => /^[a-z]{2,3}_[A-Za-z0-9_-]{1,64}$/.test(text)
