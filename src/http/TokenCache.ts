import type { Caller } from "../sessions/Caller.js"

const most = 10_000

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
 * ends and no longer than the keys by which it was verified; the tokens themselves are not kept. The oldest go first.
 */
export class TokenCache {
  private readonly entries = new Map<string, Entry>()
  /** Goes on where it left off: one that is begun anew goes over all that were taken out before. */
  private readonly oldestFirst = this.entries.keys()

  find(digest: string, now: number, keySetEdition: number | null): Caller | null {
    const entry = this.entries.get(digest)
    if (entry === undefined) return null
    const { caller, edition, until } = entry
    if (now < until && (edition === secretEdition || edition === keySetEdition)) return caller
    this.entries.delete(digest)
    return null
  }

  keep(digest: string, entry: Entry): void {
    this.entries.set(digest, entry)
    if (this.entries.size <= most) return
    const { value: oldest } = this.oldestFirst.next()
    if (oldest !== undefined) this.entries.delete(oldest)
  }
}
