/** Where the page before ended, in a list that is newest first. */
export interface Cursor {
  readonly at: number
  readonly id: string
}

/** A page of a list, newest first. */
export interface Page {
  readonly before: Cursor | null
  readonly limit: number
}

/** From a time on, and before another; milliseconds since the epoch. */
export interface Period {
  readonly from?: number | undefined
  readonly to?: number | undefined
}

/** What was found of a page. */
export interface Slice<A> {
  readonly items: ReadonlyArray<A>
  /** Where to go on, when not all was looked at that the page asked for; else null. */
  readonly resume: Cursor | null
}

export const allOf = <A>(items: ReadonlyArray<A>): Slice<A> => ({ items, resume: null })
