import type { ComponentChildren } from "preact"
import { Empty, Loading } from "./Empty.js"
import { Trouble } from "./Trouble.js"
import type { List } from "./useList.js"

interface ListingProps<T> {
  readonly list: List<T>
  readonly label: string
  /** The columns' names. */
  readonly columns: ReadonlyArray<string>
  /** What decides the columns' widths. */
  readonly kind: string
  readonly idOf: (item: T) => string
  readonly row: (item: T) => ComponentChildren
  readonly empty: ComponentChildren
}

/** A list in columns, which become lines on a phone, and the way to more of it. */
export const Listing = <T,>({ columns, empty, idOf, kind, label, list, row }: ListingProps<T>) => {
  const { hasMore, isLoadingMore, items, more, trouble } = list
  const isEmpty = items !== null && items.length === 0
  return (
    <>
      <Trouble refusal={trouble} />
      {items === null && trouble === null ? <Loading /> : null}
      {isEmpty && !hasMore ? empty : null}
      {isEmpty && hasMore && !isLoadingMore ? (
        <Empty title="Nothing found yet">
          <p>None of the newest entries fits. Older ones may.</p>
        </Empty>
      ) : null}
      {items === null || isEmpty ? null : (
        <div class={`listing ${kind}`}>
          <div class="columns" aria-hidden="true">
            {columns.map((column) => (
              <span key={column}>{column}</span>
            ))}
          </div>
          <ul aria-label={label}>
            {items.map((item) => (
              <li key={idOf(item)}>{row(item)}</li>
            ))}
          </ul>
        </div>
      )}
      {hasMore ? (
        <button type="button" class="more" disabled={isLoadingMore} onClick={more}>
          {isLoadingMore ? "Loading…" : isEmpty ? "Look further back" : "Load more"}
        </button>
      ) : null}
    </>
  )
}
