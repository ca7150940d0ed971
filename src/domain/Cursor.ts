/** Where the page before ended, in a list that is newest first. */
export interface Cursor {
  readonly at: number
  readonly id: string
}
