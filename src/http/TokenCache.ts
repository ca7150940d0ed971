import type { Caller } from "../sessions/Caller.js"

const generation = 10_000

/** Of the secret, which never changes; a key set's is when it was read. */
export const secretEdition = 0

interface Entry {
  readonly caller: Caller
  /** When the token ends, in milliseconds since the epoch. */
  readonly until: number
  /** The edition of the keys by which it was verified. */
  readonly edition: number
}

/**
 * Who a token was found to name, so that a phone that asks again is not verified again. An entry holds until its token
 * ends and no longer than the keys by which it was verified; the tokens themselves are not kept. The oldest go first, a
 * generation at a time: to take the first out of a `Map` again and again is slow, for it searches all that are gone.
 */
export class TokenCache {
  private young = new Map<string, Entry>()
  private old = new Map<string, Entry>()

  find(digest: string, now: number, keySetEdition: number | null): Caller | null {
    const entry = this.young.get(digest) ?? this.old.get(digest)
    if (entry === undefined) return null
    const { caller, edition, until } = entry
    return now < until && (edition === secretEdition || edition === keySetEdition) ? caller : null
  }

  keep(digest: string, entry: Entry): void {
    if (this.young.size === generation) {
      this.old = this.young
      this.young = new Map()
    }
    this.young.set(digest, entry)
  }
}
