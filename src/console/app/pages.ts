import type { Page } from "./contract.js"

/**
 * A list of which more than one page was loaded, after its first page was asked for again: what is new stands on top,
 * what is gone from the first page is gone, and the pages after it stay. Where the first page does not reach down to
 * what is known, the list begins anew.
 */
export const refreshed = <T>(
  known: Page<T> | null,
  page: Page<T>,
  idOf: (item: T) => string,
  limit: number
): Page<T> => {
  if (known === null || page.next_cursor === null) return page
  if (page.items.length === 0) return known
  const fresh = new Set(page.items.map(idOf))
  const lastShared = known.items.findLastIndex((item) => fresh.has(idOf(item)))
  if (lastShared === -1 && page.items.length >= limit) return page
  const after = known.items.slice(lastShared + 1)
  return after.length === 0 ? page : { items: [...page.items, ...after], next_cursor: known.next_cursor }
}

/** The next page below what is known. */
export const extended = <T>(known: Page<T>, page: Page<T>, idOf: (item: T) => string): Page<T> => {
  const ids = new Set(known.items.map(idOf))
  return {
    items: [...known.items, ...page.items.filter((item) => !ids.has(idOf(item)))],
    next_cursor: page.next_cursor
  }
}

/** A page may be empty though there are more: goes on until something is found, for at most so many pages. */
export const untilSome = async <T>(
  read: (cursor: string | null) => Promise<Page<T>>,
  cursor: string | null,
  pages = 5
): Promise<Page<T>> => {
  const page = await read(cursor)
  return page.items.length > 0 || page.next_cursor === null || pages <= 1
    ? page
    : untilSome(read, page.next_cursor, pages - 1)
}
