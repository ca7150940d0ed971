import type { Table } from "../Tables.js"

/** What a part found out. */
export interface Finding {
  readonly tables: ReadonlyArray<Table>
  readonly remarks: ReadonlyArray<string>
}

export interface Given {
  /** How long to put load on, where the part's own time is not wanted. */
  readonly seconds: number | null
  readonly tell: (line: string) => void
}

/** One question about the service, answered with `--full` or alone with `--part`. */
export interface Part {
  readonly name: string
  readonly title: string
  readonly measure: (given: Given) => Promise<Finding>
}

export const reached = (value: number, most: number): string => (value <= most ? "goal" : "MISSED")
