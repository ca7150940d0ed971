import { Effect } from "effect"
import { faint } from "./Ink.js"
import { atService, type OperatorClient, operatorOptions } from "./OperatorClient.js"
import { json, print } from "./Output.js"
import { type AskedPage, type Page, paged, pageOptions, periodOptions } from "./Pages.js"
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

/** What every list takes, whatever else it can be asked for. */
export const listOptions = { ...periodOptions, ...pageOptions, ...operatorOptions, json }

/** Asks the service for a list, page by page, and prints it. */
export const printPages = <Item, E, R>(
  chosen: Parameters<typeof atService>[0] & Parameters<typeof paged>[0] & { readonly json: boolean },
  columns: ReadonlyArray<Column<Item>>,
  ask: (client: OperatorClient, page: AskedPage) => Effect.Effect<Page<Item>, E, R>
) =>
  atService(chosen, (client) =>
    Effect.flatMap(
      paged(chosen, (page) => ask(client, page)),
      (page) => printList(chosen.json, columns, page)
    )
  )
