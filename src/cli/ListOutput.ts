import type { Effect } from "effect"
import { faint } from "./Ink.js"
import { print } from "./Output.js"
import type { Page } from "./Pages.js"
import { type Column, table } from "./Table.js"

/** A list for whoever looks: a table, or what the API would say. */
export const printList = <Item>(
  json: boolean,
  columns: ReadonlyArray<Column<Item>>,
  page: Page<Item>
): Effect.Effect<void> =>
  print(json, page, () => {
    if (page.items.length === 0) return "There are none."
    const more = page.next_cursor === null ? [] : [faint("There are more: --all, or --limit N, shows them.")]
    return [table(columns, page.items), ...more].join("\n")
  })
