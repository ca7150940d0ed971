export interface Table {
  readonly columns: ReadonlyArray<string>
  readonly rows: ReadonlyArray<ReadonlyArray<string>>
}

/** For a terminal: the first column to the left, numbers to the right. */
export const asText = ({ columns, rows }: Table): string => {
  const all = [columns, ...rows]
  const widths = columns.map((_, i) => Math.max(...all.map((row) => row[i]?.length ?? 0)))
  return all
    .map((row) =>
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
        .join("  ")
        .trimEnd()
    )
    .join("\n")
}

export const asMarkdown = ({ columns, rows }: Table): string => {
  const line = (cells: ReadonlyArray<string>) => `| ${cells.join(" | ")} |`
  const rule = columns.map((_, i) => (i === 0 ? "---" : "--:"))
  return [columns, rule, ...rows].map(line).join("\n")
}

export const count = (value: number): string => Math.round(value).toLocaleString("en-US")
export const megabytes = (bytes: number | null): string =>
  bytes === null ? "–" : `${Math.round(bytes / 2 ** 20)} MB`
