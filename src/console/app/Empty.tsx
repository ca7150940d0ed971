import type { ComponentChildren } from "preact"

/** What to think of a list that holds nothing, and what to do. */
export const Empty = ({ title, children }: { title: string; children?: ComponentChildren }) => (
  <div class="empty">
    <h2>{title}</h2>
    {children}
  </div>
)

export const Loading = () => (
  <p class="loading" role="status">
    Loading…
  </p>
)
