import { escaped } from "../domain/Text.js"
import { bold, type Ink } from "./Ink.js"

export interface Column<Item> {
  readonly name: string
  readonly of: (item: Item) => string | number | null
  readonly ink?: (text: string) => Ink
}

/** Items as lines under the names of the columns, each as wide as it must be. */
export const table = <Item>(columns: ReadonlyArray<Column<Item>>, items: ReadonlyArray<Item>): string => {
  const cells = columns.map(({ of }) => items.map((item) => escaped(String(of(item) ?? "-"))))
  const widths = columns.map(({ name }, index) =>
    (cells[index] ?? []).reduce((width, cell) => Math.max(width, cell.length), name.length)
  )
  const padded = (text: string, index: number) =>
    index === columns.length - 1 ? text : text.padEnd(widths[index] ?? 0)
  const line = (row: number) =>
    columns
      .map(({ ink }, index) => {
        const cell = cells[index]?.[row] ?? ""
        return ink === undefined ? padded(cell, index) : ink(cell)(padded(cell, index))
      })
      .join("  ")
  const head = bold(columns.map(({ name }, index) => padded(name, index)).join("  "))
  return [head, ...items.map((_, row) => line(row))].join("\n")
}
